"""What a run says of each face of a split, one row per face, and the images of those faces where they are here."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from dashboard import load
from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError
from ferkit.runs import LOGIT, Results, Run

__all__ = ["Images", "Order", "Scored", "table"]


@dataclass(frozen=True)
class Scored:
    """One run on one split of one dataset."""

    run: Run
    results: Results
    split: str
    frame: pd.DataFrame  # see `table`; a row per face, as in the run folder

    @property
    def classes(self) -> tuple[str, ...]:
        return self.run.classes

    @property
    def logits(self) -> np.ndarray:
        """float32 (N, C)."""
        return load.predictions(self.results, self.split)[[LOGIT + c for c in self.classes]].to_numpy(np.float32)

    @property
    def probabilities(self) -> np.ndarray:
        """float64 (N, C), calibrated."""
        return metrics.softmax(self.logits, self.run.temperature)

    def probabilities_of(self, row: int) -> np.ndarray:
        """float64 (C,), those of one face."""
        return metrics.softmax(self.logits[[row]], self.run.temperature)[0]

    @cached_property
    def images(self) -> "Images":
        """Images of these rows, where the dataset is here."""
        faces = load.faces(self.results.dataset)
        if faces is None:
            return Images(None, np.full(len(self.frame), -1))
        key = ("places", load.key_of(self.results.path / f"{self.split}.parquet"), faces.name, faces.fingerprint)
        # int (N,): the index of each id in the dataset, -1 where the dataset lacks it
        return Images(faces, load.cached(key, lambda: pd.Index(faces.ids).get_indexer(self.frame["id"].to_numpy())))

    def confusion(self, rows: np.ndarray) -> np.ndarray:
        """Count the faces at `rows` (M,): int (C, C), rows true, columns predicted."""
        n = len(self.classes)
        return np.bincount(self.order.cells[rows], minlength=n * n).reshape(n, n)

    @property
    def order(self) -> "Order":
        """All rows, sorted; cached."""
        key = ("order", load.key_of(self.results.path / f"{self.split}.parquet"), self.results.temperature)
        order: Order = load.cached(key, lambda: _ordered(self.frame, len(self.classes)))
        return order


@dataclass(frozen=True, eq=False)
class Order:
    """All rows in the order in which `View.rows` gives them, sorted once: a click on a million faces takes those it
    wants out of it."""

    rows: np.ndarray  # int (N,), most confident first, equal ones as in the file
    cells: np.ndarray  # int (N,), of each row its cell of the confusion matrix: label * C + pred


def _ordered(frame: pd.DataFrame, classes: int) -> Order:
    labels, preds = (frame[name].to_numpy(np.int32) for name in ("label", "pred"))
    return Order(np.argsort(-frame["confidence"].to_numpy(), kind="stable"), labels * classes + preds)


@dataclass(frozen=True)
class Images:
    """The dataset's images joined by id to the rows of a `Scored`."""

    faces: Faces | None
    places: np.ndarray  # int (N,), index into faces, -1 where there is none

    @property
    def here(self) -> bool:
        """Whether there is an image for any row."""
        return bool((self.places >= 0).any())

    def of_rows(self, rows: np.ndarray) -> np.ndarray | None:
        """uint8 (M, H, W[, 3]), or None where one is missing."""
        if self.faces is None or (self.places[rows] < 0).any():
            return None
        return self.faces.images[self.places[rows]]

    def votes(self, row: int) -> dict[str, int]:
        """The votes on that face; empty where there are none."""
        if self.faces is None or self.faces.votes is None or self.places[row] < 0:
            return {}
        votes = self.faces.votes[self.places[row]]
        return dict(zip(self.faces.vote_names, votes.tolist(), strict=True)) if votes.any() else {}


def table(results: Results, split: str) -> pd.DataFrame:
    """Of each face of a split: id, label, pred, second (the next best class), confidence, margin (to the second, in
    [0, 1]), loss (-log p of the label, in nats), right, leaked (its pixels are in the training data).

    Raises RunError where the folder is incomplete.
    """
    key = ("table", load.key_of(results.path / f"{split}.parquet"), results.temperature)
    frame: pd.DataFrame = load.cached(key, lambda: _table(results, split))
    return frame


def _table(results: Results, split: str) -> pd.DataFrame:
    stored = load.predictions(results, split)
    logits = stored[[LOGIT + c for c in results.classes]].to_numpy(np.float32)
    probabilities = metrics.softmax(logits, results.temperature)
    frame = stored[["id", "label", "leaked"]].copy()
    if len(frame) and not 0 <= frame["label"].min() <= frame["label"].max() < len(results.classes):
        raise FerkitError(
            f"{results.path.name}/{split}.parquet has labels that its run does not have. Evaluate the run again."
        )
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    best = np.take_along_axis(probabilities, order, 1)
    frame["pred"], frame["second"] = order[:, 0], order[:, -1]
    frame["confidence"], frame["margin"] = best[:, 0], best[:, 0] - best[:, -1]
    frame["loss"] = -np.log(np.clip(probabilities[np.arange(len(frame)), frame["label"]], 1e-12, 1))
    frame["right"] = frame["pred"] == frame["label"]
    return frame
