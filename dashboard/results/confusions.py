"""Confusions in words: what a run mistakes for what, and how often."""

from dataclasses import dataclass

import numpy as np

from dashboard.state import Selection
from dashboard.words import percent, plain
from ferkit import metrics

__all__ = ["Confusion", "most_frequent", "of_selection", "worst_class"]

ENDINGS = {"right": "classified correctly", "wrong": "misclassified"}


@dataclass(frozen=True)
class Confusion:
    """Faces of one class predicted as another."""

    true: str
    pred: str
    count: int
    share: float  # of the true class, in [0, 1]


def most_frequent(counts: np.ndarray, classes: tuple[str, ...], most: int) -> list[Confusion]:
    """The `most` largest cells off the diagonal of counts (C, C), largest first; empty cells are left out."""
    wrong = counts * ~np.eye(len(classes), dtype=bool)
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    cells = [(int(i), int(j)) for i, j in zip(*np.unravel_index(order, wrong.shape), strict=True) if wrong[i, j]]
    return [Confusion(classes[i], classes[j], int(wrong[i, j]), float(wrong[i, j] / counts[i].sum())) for i, j in cells]


def worst_class(counts: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence in Markdown: the class with the lowest recall, and what it is most often predicted as."""
    present = np.flatnonzero(counts.sum(1))
    recall = metrics.recall(counts)
    worst = int(present[np.argmin(recall[present])])
    if recall[worst] == 1:
        return "Every face of this split is classified correctly."
    total = int(counts[worst].sum())
    others = counts[worst].copy()
    others[worst] = 0
    most = int(others.argmax())
    return (
        f"{plain(classes[worst])} has the lowest recall: {percent(recall[worst], 0)} of {total:,} faces; "
        f"most often predicted as {plain(classes[most])} ({percent(others[most] / total, 0)})."
    )


def of_selection(counts: np.ndarray, classes: tuple[str, ...], selection: Selection, n: int) -> str:
    """The n faces that pass a Selection, in Markdown; `counts` (C, C) are those that pass its filters except class and
    outcome.

    "**38 fear faces predicted as sad** · 17% of fear"
    """
    names = tuple(map(plain, classes))
    true = classes.index(selection.true) if selection.true in classes else None
    pred = classes.index(selection.pred) if selection.pred in classes else None
    if true is not None and pred is not None:
        ending = ENDINGS["right"] if true == pred else f"predicted as {names[pred]}"
        share = _share(n, counts[true].sum())
        return f"**{_faces(n, names[true])} {ending}** · {share} of {names[true]}"
    if true is not None:
        return _of_row(names[true], selection.outcome, n, counts[true].sum(), counts[true, true])
    if pred is not None:
        return _of_column(names[pred], selection.outcome, n, counts[:, pred].sum(), counts[pred, pred])
    if selection.outcome:
        ending = ENDINGS[selection.outcome]
        return f"**{_faces(n)} {ending}** · {_share(n, counts.sum())} of {counts.sum():,}"
    right = percent(np.trace(counts) / counts.sum()) if counts.sum() else "none"
    return f"**{_faces(n)}** · {right} correct"


def _of_row(name: str, outcome: str, n: int, total: int, hits: int) -> str:
    if not outcome:
        return f"**{_faces(n, name)}** · recall {_share(hits, total)}"
    return f"**{_faces(n, name)} {ENDINGS[outcome]}** · {_share(n, total)} of {name}"


def _of_column(name: str, outcome: str, n: int, total: int, hits: int) -> str:
    if not outcome:
        return f"**{_faces(n)} predicted as {name}** · precision {_share(hits, total)}"
    ending = "correctly" if outcome == "right" else "wrongly"
    return f"**{_faces(n)} {ending} predicted as {name}** · {_share(n, total)} of all predicted as {name}"


def _faces(n: int, name: str = "") -> str:
    """(38, "fear") -> "38 fear faces"."""
    return f"{n:,} {name + ' ' if name else ''}{'face' if n == 1 else 'faces'}"


def _share(part: int, total: int) -> str:
    return percent(part / total, 0) if total else "none"
