"""Weak slices: ranges of a property, or of two, in which a network is right significantly less often than elsewhere.

    for found in weak_slices(table, correct):         # the surest first
        print(found.title, found.n, found.accuracy, found.interval, found.p)

After Chung et al. 2019, Automated Data Slicing for Model Validation, arXiv:1807.06068, with exact tests and Holm's
correction over everything that was tried. Plain numpy, for pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ferkit import metrics
from ferkit.audit.exact import fisher_below
from ferkit.audit.ranges import Candidates, Condition, members, pairs, singles
from ferkit.errors import DataError
from ferkit.evaluate.significance import holm

__all__ = ["LEAST", "SMALL", "WeakSlice", "weak_slices"]

LEAST = 20  # faces in a slice
SMALL = 100  # faces below which a slice is marked: its accuracy is known to about ten points only
ALPHA = 0.05  # of Holm's correction
OVERLAP = 0.5  # share of faces (of the union) in common, from which a slice is nearly another
BETTER = 0.01  # p that a slice of two conditions must reach within each of its two
SCREEN = -1.5  # standard deviations below the rest; above, a slice is not tested exactly: its p is over 0.05


@dataclass(frozen=True, eq=False)
class WeakSlice:
    """Faces that meet all conditions, and how a network does on them."""

    conditions: tuple[Condition, ...]  # one or two
    rows: np.ndarray  # int (n,)
    accuracy: float
    interval: tuple[float, float]  # 95%, Wilson's
    rest: float  # accuracy on all other faces
    p: float  # Fisher's, one-sided, against the rest, after Holm's correction for every slice that was tried

    @property
    def n(self) -> int:
        """Faces in the slice."""
        return len(self.rows)

    @property
    def small(self) -> bool:
        """Whether it has few faces: fewer than 100."""
        return self.n < SMALL

    @property
    def title(self) -> str:
        """Its conditions in words: "roll 12.1 to 30.5, label fear"."""
        return ", ".join(str(condition) for condition in self.conditions)


def weak_slices(
    table: pd.DataFrame, correct: np.ndarray, *, two: bool = True, least: int = LEAST, most: int = 20
) -> list[WeakSlice]:
    """At most `most` weak slices of faces with properties `table` (N rows) and outcomes `correct`, bool (N,), the
    smallest p first.

    Columns of numbers are cut at quantiles; columns of text, bool or categories are taken value by value. `two` tries
    pairs of conditions too. A slice has `least` faces or more and at most half of them; none shares half of its faces
    with a surer one; one of two conditions is significantly weaker (p < 0.01) than the rest of either.
    Raises DataError where the lengths differ.
    """
    correct = np.asarray(correct, bool)
    if len(table) != len(correct):
        raise DataError(f"Expected an outcome for each of {len(table):,} faces; got {len(correct):,}.")
    tried = singles(table, correct)
    if two:
        tried = tried.joined(pairs(table, correct))
    tried = tried.of((tried.n >= least) & (2 * tried.n <= len(correct)))
    p = holm(_p(tried, correct))
    chosen: list[WeakSlice] = []
    masks: list[np.ndarray] = []
    for place in np.argsort(p, kind="stable"):
        if p[place] >= ALPHA or len(chosen) >= most:
            break
        conditions = tried.conditions[place]
        mask = members(table, conditions)
        if _is_new(mask, masks) and _says_more(table, conditions, mask, correct):
            masks.append(mask)
            chosen.append(_slice(conditions, mask, correct, float(p[place])))
    return chosen


def _p(tried: Candidates, correct: np.ndarray) -> np.ndarray:
    """p of each candidate; 1 where it is clearly not below the rest."""
    p = np.ones(len(tried))
    right, n = int(correct.sum()), len(correct)
    share = right / max(n, 1)
    spread = np.sqrt(np.maximum(tried.n * share * (1 - share) * (1 - tried.n / max(n, 1)), 1e-9))
    below = np.flatnonzero((tried.hits - tried.n * share) / spread < SCREEN)
    p[below] = fisher_below(tried.hits[below], tried.n[below], right, n)
    return p


def _is_new(mask: np.ndarray, masks: Sequence[np.ndarray]) -> bool:
    return all((mask & other).sum() < OVERLAP * (mask | other).sum() for other in masks)


def _says_more(table: pd.DataFrame, conditions: tuple[Condition, ...], mask: np.ndarray, correct: np.ndarray) -> bool:
    """Whether faces that meet both conditions are weaker than those that meet one of them."""
    if len(conditions) == 1:
        return True
    for condition in conditions:
        wider = members(table, (condition,))
        p = fisher_below(
            np.array([correct[mask].sum()]), np.array([mask.sum()]), int(correct[wider].sum()), int(wider.sum())
        )
        if p[0] >= BETTER:
            return False
    return True


def _slice(conditions: tuple[Condition, ...], mask: np.ndarray, correct: np.ndarray, p: float) -> WeakSlice:
    hits, n = int(correct[mask].sum()), int(mask.sum())
    low, high = metrics.wilson(np.array([hits]), np.array([n]))[:, 0]
    rest = float(correct[~mask].mean())
    return WeakSlice(conditions, np.flatnonzero(mask), hits / n, (float(low), float(high)), rest, p)
