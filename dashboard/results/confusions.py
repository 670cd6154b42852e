"""Confusions in words: what a run takes for what, and how often."""

from dataclasses import dataclass

import numpy as np

from dashboard.state import Selection
from dashboard.words import percent
from ferkit import metrics

__all__ = ["Confusion", "most_frequent", "of_selection", "worst_class"]


@dataclass(frozen=True)
class Confusion:
    """Faces of one class taken for another."""

    true: str
    pred: str
    count: int
    share: float  # of the true class, in [0, 1]


def most_frequent(counts: np.ndarray, classes: tuple[str, ...], most: int) -> list[Confusion]:
    """The `most` largest cells off the diagonal of counts (C, C), largest first; empty ones are left out."""
    wrong = counts * ~np.eye(len(classes), dtype=bool)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    cells = [(int(i), int(j)) for i, j in zip(*np.unravel_index(order, wrong.shape), strict=True) if wrong[i, j]]
    return [Confusion(classes[i], classes[j], int(wrong[i, j]), float(wrong[i, j] / counts[i].sum())) for i, j in cells]


def worst_class(counts: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence: the class recognised least, and what it is most often taken for."""
    there = np.flatnonzero(counts.sum(1))
    recall = metrics.recall(counts)
    worst = int(there[np.argmin(recall[there])])
    if recall[worst] == 1:
        return "Every face of this split is recognised."
    total = int(counts[worst].sum())
    others = counts[worst].copy()
    others[worst] = 0
    most = int(others.argmax())
    return (
        f"{classes[worst]} is recognised least: {percent(recall[worst], 0)} of {total:,} faces; "
        f"most often taken for {classes[most]} ({percent(others[most] / total, 0)})."
    )


def of_selection(counts: np.ndarray, classes: tuple[str, ...], selection: Selection, n: int) -> str:
    """The n faces that pass a Selection, in words; `counts` (C, C) are those that pass its filters but class and
    outcome.

    "38 faces truly fear, taken for sad · 17% of fear"
    """
    true = classes.index(selection.true) if selection.true in classes else None
    pred = classes.index(selection.pred) if selection.pred in classes else None
    faces = "1 face" if n == 1 else f"{n:,} faces"
    if true is not None and pred is not None:
        ending = "recognised" if true == pred else f"taken for {classes[pred]}"
        return f"**{faces} truly {classes[true]}, {ending}** · {_share(n, counts[true].sum())} of {classes[true]}"
    if true is not None:
        return _of_row(faces, classes[true], selection.outcome, n, counts[true].sum(), counts[true, true])
    if pred is not None:
        return _of_column(faces, classes[pred], selection.outcome, n, counts[:, pred].sum(), counts[pred, pred])
    if selection.outcome:
        return f"**{faces} {selection.outcome}** · {_share(n, counts.sum())} of {counts.sum():,}"
    return f"**{faces}** · {_share(np.trace(counts), counts.sum())} right"


def _of_row(faces: str, name: str, outcome: str, n: int, total: int, hits: int) -> str:
    if not outcome:
        return f"**{faces} truly {name}** · {_share(hits, total)} recognised"
    return f"**{faces} truly {name}, {'recognised' if outcome == 'right' else 'taken for something else'}** · {_share(n, total)} of {name}"


def _of_column(faces: str, name: str, outcome: str, n: int, total: int, hits: int) -> str:
    if not outcome:
        return f"**{faces} taken for {name}** · {_share(hits, total)} of them rightly"
    return f"**{faces} {outcome}ly taken for {name}** · {_share(n, total)} of all taken for {name}"


def _share(part: int, whole: int) -> str:
    return percent(part / whole, 0) if whole else "none"
