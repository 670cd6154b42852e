"""What `evaluate` and other commands stored of a run on one dataset, read back split by split."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit.errors import RunError
from ferkit.metrics import UNCALIBRATED, Temperature
from ferkit.runs.chain import read_chain
from ferkit.runs.nearest import NearestTrain, read_nearest
from ferkit.runs.robustness import column, read_corrupted, read_robustness
from ferkit.runs.scores import Scores
from ferkit.runs.tables import LOGIT, read_features, read_layout, read_mean_maps, read_predictions

__all__ = ["Results"]


@dataclass(frozen=True)
class Results:
    """What a run scored on one dataset, split by split."""

    path: Path
    dataset: str
    classes: tuple[str, ...]  # of the run; labels are indices into these
    scores: Mapping[str, Scores]  # by split
    temperature: Temperature = UNCALIBRATED  # of the run: what its logits are divided by

    @property
    def splits(self) -> list[str]:
        """The evaluated splits, val first: what a page shows when nothing was chosen."""
        return sorted(self.scores, key=lambda s: ("val", "test", "train", "all").index(s))

    def predictions(self, split: str) -> pd.DataFrame:
        """id, label (index into classes), leaked (bool), and one logit per class; one row per face. Like the methods
        below, raises RunError where the file is missing or broken."""
        return read_predictions(self._file(split, ".parquet"), self.classes, self._n(split))

    def logits(self, split: str) -> np.ndarray:
        """float32 (N, C), rows as in `predictions`."""
        return self.predictions(split)[[LOGIT + c for c in self.classes]].to_numpy(np.float32)

    def features(self, split: str) -> np.ndarray:
        """Penultimate features, float16 (N, D), rows as in `predictions`."""
        return read_features(self._file(split, "-features.npy"), self._n(split))

    def layout(self, split: str) -> pd.DataFrame:
        """id, umap_x, umap_y, pca_x, pca_y, and tsne_x, tsne_y where they were drawn; rows as in `predictions`."""
        return read_layout(self._file(split, "-map.parquet"), self._n(split))

    def cams(self, split: str) -> dict[str, np.ndarray]:
        """`right`, `wrong`, `predicted`: mean Grad-CAM (C, h, w) per true class (first two) or predicted class, in [0,
        1]; `right_n`, `wrong_n`, `predicted_n`: their counts (C,); `faces`: mean face per true class, uint8 (C, H, W[,
        3])."""
        return read_mean_maps(self._file(split, "-cams.npz"), len(self.classes))

    def robustness(self, split: str) -> pd.DataFrame:
        """What `ferkit robustness` stored: kind, strength (0 as released, then 1 to 5), amount, n, accuracy,
        accuracy_low, accuracy_high, macro_f1 and one "recall <class>" per class."""
        return read_robustness(self._file(split, "-robustness.parquet", "robustness"), self.classes)

    def corrupted(self, split: str) -> pd.DataFrame:
        """id, and for each row of `robustness` a column "<kind> <strength>": the class each face is predicted as, an
        index into classes."""
        table = self.robustness(split)
        names = [column(kind, strength) for kind, strength in zip(table["kind"], table["strength"], strict=True)]
        return read_corrupted(self._file(split, "-corrupted.parquet", "robustness"), self.classes, names)

    def chain(self, split: str) -> pd.DataFrame:
        """What `ferkit chain` stored: detector, kind, amount, the sizes of the faces, and how many of them each step
        loses, as in `read_chain`."""
        return read_chain(self._file(split, "-chain.parquet", "chain"))

    def nearest(self, split: str) -> NearestTrain:
        """The training faces nearest to each face, which `ferkit nearest` stored; rows as in `predictions`."""
        return read_nearest(self._file(split, "-nearest.npz", "nearest"), len(self.classes), self._n(split))

    def has(self, split: str, ending: str) -> bool:
        """Whether the folder has that file of a split, as in `has("val", "-map.parquet")`."""
        return (self.path / f"{split}{ending}").is_file()

    def _n(self, split: str) -> int | None:
        """How many faces were scored, where that is known."""
        return self.scores[split].n if split in self.scores else None

    def _file(self, split: str, ending: str, command: str = "evaluate") -> Path:
        path = self.path / f"{split}{ending}"
        if not path.is_file():
            raise RunError(
                f"{path.parent.name} has no {path.name}. "
                f"Make it: python -m ferkit {command} RUN --data DATASET --split {split}"
            )
        return path
