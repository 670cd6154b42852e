"""The run folder: everything a run is, in one folder that can be copied to another machine.

    checkpoints/<run>/run.json               model, classes, input, config, dataset, seed, versions, scores per split
                      model.safetensors      weights, never a pickle
                      history.csv            one row per epoch
                      <split>.parquet        id, label, leaked, one logit per class
                      <split>-features.npy   penultimate features, float16 (N, D)
                      <split>-map.parquet    id; x, y of each layout: umap_x, umap_y, pca_x, pca_y
                      <split>-cams.npz       mean Grad-CAM and mean face per class, with their counts
                      on-<dataset>/          the same five, and scores.json, for a dataset the run was not trained on

Reading needs numpy and pandas, never torch.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ferkit import files
from ferkit.errors import RunError

__all__ = ["LOGIT", "Results", "Run", "clear", "names", "open_run", "path_of", "settings"]

LOGIT = "logit "  # a prediction's columns: "logit angry", ... so that no class name can collide with "id"


@dataclass(frozen=True)
class Results:
    """What a run says of one dataset, split by split."""

    path: Path
    classes: tuple[str, ...]  # of the run; labels are indices into these
    scores: dict[str, dict[str, Any]]  # split -> scores
    temperature: float = 1.0  # of the run: what its logits are divided by before they become probabilities

    @property
    def splits(self) -> list[str]:
        """The evaluated splits, val first: what a page shows when nothing was chosen."""
        return sorted(self.scores, key=lambda s: ("val", "test", "train", "all").index(s))

    def predictions(self, split: str) -> pd.DataFrame:
        """id, label (index into classes), leaked (bool), and one logit per class; one row per face."""
        return pd.read_parquet(self._file(split, ".parquet"))

    def logits(self, split: str) -> np.ndarray:
        """float32 (N, C), rows as in `predictions`."""
        return self.predictions(split)[[LOGIT + c for c in self.classes]].to_numpy(np.float32)

    def features(self, split: str) -> np.ndarray:
        """Penultimate features, float16 (N, D), rows as in `predictions`."""
        return np.load(self._file(split, "-features.npy"), allow_pickle=False)

    def layout(self, split: str) -> pd.DataFrame:
        """id, umap_x, umap_y, pca_x, pca_y, rows as in `predictions`."""
        return pd.read_parquet(self._file(split, "-map.parquet"))

    def cams(self, split: str) -> dict[str, np.ndarray]:
        """`right`, `wrong`, `predicted`: mean Grad-CAM (C, h, w) per true class (first two) or predicted class, in [0,
        1]; `right_n`, `wrong_n`, `predicted_n`: their counts (C,); `faces`: mean face per true class, uint8 (C, H, W[,
        3])."""
        with np.load(self._file(split, "-cams.npz"), allow_pickle=False) as stored:
            return dict(stored)

    def has(self, split: str, ending: str) -> bool:
        """Whether e.g. `has("val", "-map.parquet")` lies in the folder."""
        return (self.path / f"{split}{ending}").is_file()

    def _file(self, split: str, ending: str) -> Path:
        path = self.path / f"{split}{ending}"
        if not path.is_file():
            raise RunError(
                f"{path.parent.name} has no {path.name}. Make it: python -m ferkit evaluate RUN --data DATASET --split {split}"
            )
        return path


@dataclass(frozen=True)
class Run:
    """One run folder and its run.json."""

    path: Path
    meta: dict[str, Any]

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.meta["classes"])

    @property
    def dataset(self) -> str:
        """The name of the dataset the run was trained on."""
        return str(self.meta["data"]["name"])

    @property
    def temperature(self) -> float:
        """What the logits are divided by before they become probabilities: fitted on val, 1 until then."""
        return float(self.meta.get("temperature", 1.0))

    @property
    def weights(self) -> Path:
        return self.path / "model.safetensors"

    @property
    def key(self) -> tuple[str, float, int]:
        """(path, mtime, size) of what identifies the run's present state: a cache key."""
        known = [f.stat() for f in (self.path / "run.json", self.weights) if f.is_file()]
        return str(self.path), max(s.st_mtime for s in known), sum(s.st_size for s in known)

    def results(self, dataset: str | None = None) -> Results:
        """What the run says of `dataset` (its own when None); without an evaluated split if there is none."""
        if dataset in (None, self.dataset):
            return Results(self.path, self.classes, self.meta.get("scores", {}), self.temperature)
        folder = self.path / f"on-{files.check_name(str(dataset), 'A dataset name', RunError)}"
        scores = folder / "scores.json"
        told = json.loads(scores.read_text("utf-8")) if scores.is_file() else {}
        return Results(folder, self.classes, told, self.temperature)

    def datasets(self) -> list[str]:
        """Datasets the run has been evaluated on, its own first."""
        others = sorted(p.parent.name[3:] for p in self.path.glob("on-*/scores.json"))
        return ([self.dataset] if self.meta.get("scores") else []) + others

    def history(self) -> pd.DataFrame:
        """One row per epoch; empty if the run has none."""
        path = self.path / "history.csv"
        return pd.read_csv(path) if path.is_file() else pd.DataFrame(columns=["epoch"])

    def save(self) -> None:
        """Write run.json, whole or not at all."""
        files.write_json(self.path / "run.json", self.meta)


def clear(run: Run) -> None:
    """Remove the run that was there; nothing else is ever removed."""
    if (run.path / "run.json").is_file():
        shutil.rmtree(run.path)


def names() -> list[str]:
    """Every folder under checkpoints/ that holds a run.json, sorted."""
    return sorted(p.parent.name for p in files.runs_dir().glob("*/run.json") if not p.parent.name.startswith("."))


def path_of(name: str) -> Path:
    """Where the run `name` lies. Raises RunError for a name that could climb out of the folder."""
    return files.runs_dir() / files.check_name(name, "A run name", RunError)


def open_run(name: str) -> Run:
    """The run of that name. Raises RunError if it is missing or its run.json is no JSON of a run."""
    path = path_of(name)
    try:
        meta = json.loads((path / "run.json").read_text("utf-8"))
        _ = meta["classes"], meta["data"]["name"], meta["model"]["name"], meta["input"]["size"]
    except FileNotFoundError as error:
        known = ", ".join(names()) or "none; train one: python -m ferkit train --recipe base-cnn --data NAME"
        raise RunError(f"No run {name!r} in {path.parent.name}/ (there: {known}).") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(
            f"{name}/run.json is not a run's description ({error!r}). Restore it or delete the folder."
        ) from error
    return Run(path, meta)


def settings(run: Run) -> dict[str, Any]:
    """The settings of a run as one flat row: model arguments and config, nested keys joined by dots."""
    flat: dict[str, Any] = {"model": run.meta["model"]["name"]}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(f"{prefix}.{key}" if prefix else key, inner)
        else:
            flat[prefix] = value

    walk("model", run.meta["model"]["args"])
    walk("", {k: v for k, v in run.meta.get("config", {}).items() if k not in ("model", "model_args")})
    return flat
