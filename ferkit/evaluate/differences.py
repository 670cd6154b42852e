"""Where two runs differ: group by group of faces, and cell by cell of their confusion matrices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ferkit import metrics
from ferkit.evaluate.compare import resampled
from ferkit.evaluate.significance import LEVEL, holm, mcnemar, paired_interval

__all__ = ["Difference", "by_class", "by_slice", "corrected", "matrix_difference", "score_difference"]


@dataclass(frozen=True)
class Difference:
    """Runs A and B on one group of n faces, a class or a slice."""

    name: str
    n: int
    a: float  # share of the group that A has right, in [0, 1]; of a class, its recall
    b: float
    fixed: int
    broken: int
    interval: tuple[float, float]  # of `difference`, 95%, paired bootstrap
    p: float  # exact McNemar, two-sided
    adjusted: float  # p after Holm's correction for all groups shown together

    @property
    def difference(self) -> float:
        """b - a, in [-1, 1]."""
        return (self.fixed - self.broken) / self.n

    @property
    def significant(self) -> bool:
        """Whether the adjusted p is below 0.05."""
        return self.adjusted < 1 - LEVEL


def by_class(true: np.ndarray, a: np.ndarray, b: np.ndarray, classes: Sequence[str]) -> list[Difference]:
    """Recall of every class that has a face, in the order of `classes`; true classes and predictions are int (N,)."""
    return by_slice(true, a, b, {name: true == i for i, name in enumerate(classes)})


def by_slice(
    true: np.ndarray, a: np.ndarray, b: np.ndarray, slices: Mapping[str, np.ndarray], seed: int = 0
) -> list[Difference]:
    """Accuracy on each slice that holds a face, in their order; a slice is bool (N,) or rows (M,)."""
    right_a, right_b = a == true, b == true
    found = []
    for name, rows in slices.items():
        before, after = right_a[rows], right_b[rows]
        n, fixed, broken = len(before), int((~before & after).sum()), int((before & ~after).sum())
        if n:
            spread = paired_interval(fixed, broken, n, seed)
            p = mcnemar(fixed, broken)
            found.append(Difference(name, n, float(before.mean()), float(after.mean()), fixed, broken, spread, p, p))
    return corrected(found)


def corrected(shown: Sequence[Difference]) -> list[Difference]:
    """The same, `adjusted` for as many tests as there are: for groups of several comparisons that are shown
    together."""
    return [replace(one, adjusted=float(p)) for one, p in zip(shown, holm([one.p for one in shown]), strict=True)]


def score_difference(
    true: np.ndarray,
    a: np.ndarray,
    b: np.ndarray,
    classes: int,
    score: Callable[[np.ndarray], np.ndarray] = metrics.f1,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """B - A of any score of a confusion matrix, (...), and its 95% paired bootstrap intervals (2, ...): e.g. (C,) and
    (2, C) of `metrics.f1`. For what has no McNemar test."""
    before, after = (score(metrics.confusion(true, pred, classes)) for pred in (a, b))
    drawn = resampled(true, a, b, classes, seed)
    ends = np.quantile(score(drawn[1]) - score(drawn[0]), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return after - before, ends


def matrix_difference(a: np.ndarray, b: np.ndarray, norm: str) -> np.ndarray:
    """A - B cell by cell, float64 (C, C): of shares by "row" or by "column", in [-1, 1], or of "count"."""
    return metrics.shares(a, norm) - metrics.shares(b, norm)
