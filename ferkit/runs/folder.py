"""The run folder: everything a run is, in one folder that can be copied to another machine.

    checkpoints/<run>/run.json               model, classes, input, config, dataset, seed, versions, scores per split
                      model.safetensors      weights, never a pickle
                      history.csv            one row per epoch
                      <split>.parquet        id, label, leaked, one logit per class
                      <split>-features.npy   penultimate features, float16 (N, D)
                      <split>-map.parquet    id; x, y of each layout: umap_x, umap_y, pca_x, pca_y, tsne_x, tsne_y
                      <split>-cams.npz       mean Grad-CAM and mean face per class, with their counts
                      <split>-robustness.parquet  scores per kind and strength of corruption, where they were computed
                      <split>-corrupted.parquet   id; what each face is predicted as under each of these
                      <split>-chain.parquet  what finding, cropping and reading faces in scenes loses
                      <split>-nearest.npz    training faces nearest to each face, where `ferkit nearest` was run
                      on-<dataset>/          the same, and scores.json, for a dataset the run was not trained on

Reading needs numpy and pandas, never torch.
"""

import contextlib
import difflib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ferkit import files
from ferkit.errors import RunError
from ferkit.runs import hashes
from ferkit.runs.chain import read_chain
from ferkit.runs.locks import locked
from ferkit.runs.manifest import Manifest
from ferkit.runs.nearest import NearestTrain, read_nearest
from ferkit.runs.pending import finish
from ferkit.runs.reading import read_manifest, read_scores
from ferkit.runs.robustness import column, read_corrupted, read_robustness
from ferkit.runs.scores import Scores
from ferkit.runs.tables import (
    LOGIT,
    read_features,
    read_history,
    read_layout,
    read_mean_maps,
    read_predictions,
)

__all__ = [
    "LOGIT", "Results", "Run", "clear", "create", "names", "open_folder", "open_run", "path_of", "settings",
    "state_of", "update",
]  # fmt: skip


@dataclass(frozen=True)
class Results:
    """What a run scored on one dataset, split by split."""

    path: Path
    dataset: str
    classes: tuple[str, ...]  # of the run; labels are indices into these
    scores: Mapping[str, Scores]  # by split
    temperature: float = 1.0  # of the run: what its logits are divided by before they become probabilities

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


@dataclass(frozen=True)
class Run:
    """One run folder and its manifest, as it was when it was opened."""

    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def classes(self) -> tuple[str, ...]:
        return self.manifest.classes

    @property
    def dataset(self) -> str:
        """The name of the dataset the run was trained on."""
        return self.manifest.data.name

    @property
    def temperature(self) -> float:
        """What the logits are divided by before they become probabilities: fitted on val, 1 until then."""
        return self.manifest.temperature

    @property
    def weights(self) -> Path:
        return self.path / "model.safetensors"

    @property
    def key(self) -> tuple[str, float, int]:
        """(path, mtime, size) of what identifies the run's present state: a cache key."""
        stats = [f.stat() for f in (self.path / "run.json", self.weights) if f.is_file()]
        return str(self.path), max((s.st_mtime for s in stats), default=0.0), sum(s.st_size for s in stats)

    def results(self, dataset: str | None = None) -> Results:
        """The run's results on `dataset` (its own when None); without an evaluated split if there are none."""
        if dataset is None or dataset == self.dataset:
            return Results(self.path, self.dataset, self.classes, self.manifest.scores, self.temperature)
        folder = self.path / f"on-{files.check_name(dataset, 'A dataset name', RunError)}"
        scores = read_scores(folder / "scores.json", self.classes)
        return Results(folder, dataset, self.classes, scores, self.temperature)

    def datasets(self) -> list[str]:
        """Datasets the run has been evaluated on, its own first."""
        others = sorted(p.parent.name[3:] for p in self.path.glob("on-*/scores.json"))
        others = [name for name in others if name != self.dataset and files.is_name(name)]
        return ([self.dataset] if self.manifest.scores else []) + others

    def history(self) -> pd.DataFrame:
        """One row per epoch; empty if the run has none."""
        return read_history(self.path / "history.csv")

    def train_hashes(self) -> np.ndarray | None:
        """`pixel_hashes` of the faces the run was trained on, sorted; None where it does not know. Raises RunError."""
        return hashes.read(self.path)

    def update(self, **changes: Any) -> "Run":
        """Change values of the manifest in run.json, as it is by now; returns the run as it is then.

        Raises RunError where the folder is gone or closed to writing, pydantic.ValidationError for a value that is out
        of range.
        """
        return update(self.path, lambda manifest: manifest.replace(**changes))

    def add_scores(self, dataset: str, split: str, scores: Scores, temperature: float | None = None) -> "Run":
        """Add the scores of a split to the others, and the temperature where one was fitted; returns the run.

        Scores of another dataset go into its own scores.json.
        """
        if dataset == self.dataset:
            return update(
                self.path,
                lambda manifest: manifest.replace(
                    scores={**manifest.scores, split: scores},
                    temperature=manifest.temperature if temperature is None else temperature,
                ),
            )
        path = self.results(dataset).path / "scores.json"
        with locked(self.path):
            stored = {**self.results(dataset).scores, split: scores}
            files.write_json(path, {key: value.model_dump(mode="json") for key, value in stored.items()})
        return self


def create(path: Path, manifest: Manifest) -> Run:
    """Write run.json into the folder `path`; returns the run."""
    with locked(path):
        return _write(path, manifest)


def update(path: Path, change: Callable[[Manifest], Manifest]) -> Run:
    """Read the manifest of the run in `path`, apply `change` and write it, while no other process does; returns the
    run. Raises RunError."""
    with locked(path):
        return _write(path, change(open_folder(path).manifest))


def _write(path: Path, manifest: Manifest) -> Run:
    files.write_json(path / "run.json", manifest.as_json())
    return Run(path, manifest)


def clear(path: Path) -> None:
    """Remove the run in `path`; a folder that is not a run stays."""
    if (path / "run.json").is_file():
        shutil.rmtree(path)


def names() -> list[str]:
    """Every folder under checkpoints/ that holds a run.json, sorted."""
    return sorted(p.parent.name for p in files.runs_dir().glob("*/run.json") if not p.parent.name.startswith("."))


def path_of(name: str) -> Path:
    """Where the run `name` lies. Raises RunError for a name that could climb out of the folder."""
    return files.runs_dir() / files.check_name(name, "A run name", RunError)


def open_run(name: str) -> Run:
    """The run of that name. Raises RunError if it is missing or its run.json does not describe a run."""
    path = path_of(name)
    if not (path / "run.json").exists():
        raise RunError(f"No run {name!r} in {path.parent.name}/ {_nearest(name)}.")
    return open_folder(path)


def open_folder(path: Path) -> Run:
    """The run in the folder `path`, wherever it lies, its scores on other datasets checked. Raises RunError as
    `open_run`."""
    finish(path)
    try:
        run = Run(path, read_manifest(path / "run.json"))
    except FileNotFoundError as error:
        raise RunError(
            f"{path.name} has no run.json, so it is not a run. Copy the whole folder or train again."
        ) from error
    for dataset in run.datasets():
        run.results(dataset)
    return run


def state_of(path: Path) -> tuple[tuple[str, int, int], ...]:
    """(path, mtime, size) of every file that `open_folder` reads: a cache key."""
    folder = os.fspath(path)
    try:
        others = sorted(name for name in os.listdir(folder) if name.startswith("on-"))
    except OSError:
        return ()
    stats = []
    for file in (f"{folder}/run.json", *(f"{folder}/{name}/scores.json" for name in others)):
        with contextlib.suppress(OSError):  # a dataset without scores
            stat = os.stat(file)
            stats.append((file, stat.st_mtime_ns, stat.st_size))
    return tuple(stats)


def _nearest(name: str) -> str:
    existing = names()
    if not existing:
        return "(there is none yet; train one: python -m ferkit train --recipe base-cnn --data NAME)"
    close = difflib.get_close_matches(name, existing, 3, 0) or existing[:3]
    rest = f" and {len(existing) - len(close)} more" if len(existing) > len(close) else ""
    return f"(there: {', '.join(close)}{rest})"


def settings(run: Run) -> dict[str, Any]:
    """The settings of a run as one flat row: model arguments and config, nested keys joined by dots."""
    model, config = run.manifest.model, run.manifest.config
    rest = {key: value for key, value in config.items() if key not in ("model", "model_args")}
    return {"model": model.name, **dict(_flat("model", model.args)), **dict(_flat("", rest))}


def _flat(prefix: str, mapping: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in mapping.items():
        name = f"{prefix}.{key}" if prefix else key
        if isinstance(value, dict):
            yield from _flat(name, value)
        else:
            yield name, value
