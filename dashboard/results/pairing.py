"""Several runs on the same faces: their tables joined by id and by class name, and each pair tested.

Runs may have been scored on different parts of a split and may order or spell their classes differently; what is
compared is what all of them have seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pandas as pd

from dashboard import load
from ferkit import metrics
from ferkit.errors import RunError
from ferkit.evaluate.compare import Paired, mcnemar, paired
from ferkit.runs import LOGIT

__all__ = ["Aligned", "Stored", "align", "compared", "of", "shifts"]

Stored = tuple[pd.DataFrame, tuple[str, ...]]  # a run's predictions and its classes


@dataclass(frozen=True, eq=False)
class Aligned:
    """R runs on the n faces that all of them have seen, over the C classes that any of them knows."""

    names: tuple[str, ...]
    classes: tuple[str, ...]
    true: np.ndarray  # int (n,)
    logits: np.ndarray  # float32 (R, n, C); -inf for a class the run does not know
    rows: np.ndarray  # int (R, n): where each face stands in the run's own table
    sizes: tuple[int, ...]  # faces counted of each run
    key: tuple[Any, ...] = ()

    def pred(self, name: str) -> np.ndarray:
        """int (n,): what the run takes each face for."""
        return self.logits[self.names.index(name)].argmax(1)

    def matrix(self, name: str) -> np.ndarray:
        """int (C, C): rows true, columns predicted."""
        return metrics.confusion(self.true, self.pred(name), len(self.classes))


def of(names: Sequence[str], data: str, split: str, *, dedup: bool) -> Aligned:
    """These runs on one split of `data`, kept. Raises RunError if a folder is incomplete or no face is common to
    them."""
    runs = load.all_runs()
    results = {name: runs[name].results(data) for name in names}
    key = ("aligned", dedup, split, *(load.key_of(one.path / f"{split}.parquet") for one in results.values()))

    def make() -> Aligned:
        return align(
            {name: (load.predictions(one, split), one.classes) for name, one in results.items()}, dedup=dedup, key=key
        )

    aligned: Aligned = load.cached(key, make)
    return aligned


def compared(aligned: Aligned, a: str, b: str) -> Paired:
    """Run `b` against run `a`, kept."""
    place = [aligned.names.index(name) for name in (a, b)]
    found: Paired = load.cached(
        ("paired", a, b, *aligned.key), lambda: paired(aligned.logits[place[0]], aligned.logits[place[1]], aligned.true)
    )
    return found


def align(stored: Mapping[str, Stored], *, dedup: bool = False, key: tuple[Any, ...] = ()) -> Aligned:
    """Join the runs' predictions; `dedup` leaves out faces whose pixels stand in train."""
    classes = _union([known for _, known in stored.values()])
    place = {name.casefold(): i for i, name in enumerate(classes)}
    counted = [
        pd.Index(table["id"][~table["leaked"].to_numpy(bool)] if dedup else table["id"]) for table, _ in stored.values()
    ]
    ids = reduce(lambda left, right: left[left.isin(right)], counted)
    if not len(ids):
        raise RunError(f"{', '.join(stored)} have no face in common. Evaluate them on the same dataset and split.")
    logits = np.full((len(stored), len(ids), len(classes)), -np.inf, np.float32)
    rows, labels = np.zeros((2, len(stored), len(ids)), np.int64)
    for i, (table, known) in enumerate(stored.values()):
        rows[i] = pd.Index(table["id"]).get_indexer(ids)
        columns = np.array([place[name.casefold()] for name in known])
        logits[i][:, columns] = table[[LOGIT + name for name in known]].to_numpy(np.float32)[rows[i]]
        labels[i] = columns[table["label"].to_numpy()[rows[i]]]
    if (labels != labels[0]).any():
        raise RunError(
            f"{', '.join(stored)} were scored with different labels for the same faces. Evaluate them again."
        )
    return Aligned(tuple(stored), classes, labels[0], logits, rows, tuple(len(one) for one in counted), key)


def shifts(aligned: Aligned, a: str, b: str, found: Paired) -> list[tuple[str, float, float]]:
    """(class, difference in recall b - a, McNemar p) per true class that has a face, the surest first."""
    told = []
    for i, name in enumerate(aligned.classes):
        fixed, broken, n = (int((aligned.true[rows] == i).sum()) for rows in (found.fixed, found.broken, slice(None)))
        if n:
            told.append((name, (fixed - broken) / n, mcnemar(fixed, broken)))
    return sorted(told, key=lambda one: one[2])


def _union(vocabularies: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Each class once, by name in any case, in the order of the first run that knows it."""
    found: dict[str, str] = {}
    for vocabulary in vocabularies:
        for name in vocabulary:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())
