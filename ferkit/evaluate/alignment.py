"""Several runs on the same faces: their tables joined by id and by class name.

Runs may have been scored on different parts of a split and may order or spell their classes differently; they are
compared on the faces that all of them were scored on.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from ferkit import metrics
from ferkit.errors import RunError
from ferkit.evaluate.compare import Paired, paired
from ferkit.runs import LOGIT, Run

__all__ = ["Aligned", "Stored", "align", "compare"]

Stored = tuple[pd.DataFrame, tuple[str, ...]]  # a run's predictions and its classes


@dataclass(frozen=True, eq=False)
class Aligned:
    """R runs on the n faces that all of them were scored on, over the C classes that any of them has."""

    names: tuple[str, ...]
    classes: tuple[str, ...]
    true: np.ndarray  # int (n,)
    logits: np.ndarray  # float32 (R, n, C); -inf for a class the run does not have
    rows: np.ndarray  # int (R, n): index of each face in the run's own table
    sizes: tuple[int, ...]  # faces scored by each run
    key: tuple[Any, ...] = ()

    def pred(self, name: str) -> np.ndarray:
        """int (n,): the run's predictions."""
        return self.logits[self.names.index(name)].argmax(1)

    def select(self, faces: np.ndarray) -> "Aligned":
        """The same runs on some of the faces, bool (n,)."""
        if faces.all():
            return self
        key = (*self.key, hashlib.blake2b(np.packbits(faces).tobytes(), digest_size=16).hexdigest()) if self.key else ()
        return replace(self, true=self.true[faces], logits=self.logits[:, faces], rows=self.rows[:, faces], key=key)

    def matrix(self, name: str) -> np.ndarray:
        """int (C, C): rows true, columns predicted."""
        return metrics.confusion(self.true, self.pred(name), len(self.classes))


def compare(run: Run, baseline: Run, dataset: str | None = None, split: str = "val", *, dedup: bool = False) -> Paired:
    """`run` against `baseline` on the faces of a split that both were scored on; `dataset` is the run's own when None.

    Raises RunError if one of them was not scored on it, or they have no face in common.
    """
    data = dataset or run.dataset
    stored = {
        side: (r.results(data).predictions(split), r.classes) for side, r in (("baseline", baseline), ("run", run))
    }
    aligned = align(stored, dedup=dedup)
    return paired(aligned.logits[0], aligned.logits[1], aligned.true)


def align(stored: Mapping[str, Stored], *, dedup: bool = False, key: tuple[Any, ...] = ()) -> Aligned:
    """Join the runs' predictions; `dedup` leaves out faces that are also in the training data.

    Raises RunError if they have no face in common, or label the same face differently.
    """
    classes = _union([names for _, names in stored.values()])
    columns = {name.casefold(): i for i, name in enumerate(classes)}
    counted = [
        pd.Index(table["id"][~table["leaked"].to_numpy(bool)] if dedup else table["id"]) for table, _ in stored.values()
    ]
    ids = reduce(lambda left, right: left[left.isin(right)], counted)
    if not len(ids):
        raise RunError(f"{', '.join(stored)} have no face in common. Evaluate them on the same dataset and split.")
    logits = np.full((len(stored), len(ids), len(classes)), -np.inf, np.float32)
    rows, labels = np.zeros((2, len(stored), len(ids)), np.int64)
    for i, (table, names) in enumerate(stored.values()):
        rows[i] = pd.Index(table["id"]).get_indexer(ids)
        places = np.array([columns[name.casefold()] for name in names])
        logits[i][:, places] = table[[LOGIT + name for name in names]].to_numpy(np.float32)[rows[i]]
        labels[i] = places[table["label"].to_numpy()[rows[i]]]
    if (labels != labels[0]).any():
        raise RunError(
            f"{', '.join(stored)} were scored with different labels for the same faces. Evaluate them again."
        )
    return Aligned(tuple(stored), classes, labels[0], logits, rows, tuple(len(index) for index in counted), key)


def _union(vocabularies: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Each class once, whatever its case, in the order and spelling of the first run that has it."""
    classes: dict[str, str] = {}
    for vocabulary in vocabularies:
        for name in vocabulary:
            classes.setdefault(name.casefold(), name)
    return tuple(classes.values())
