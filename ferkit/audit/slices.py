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
OVERLAP = 0.5  # share of the smaller one's faces in common, from which a slice is nearly another
BETTER = 0.001  # p that a part of a slice must reach within the whole: dozens of parts are tried
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
    pairs of conditions too. A slice has `least` faces or more and at most half of them. One of two conditions is
    significantly weaker (p < 0.001) than either alone. None shares half of its faces, or half of the other's, with a
    surer one, unless it rests on another column too, is less than half of both together, and what they share is
    significantly weaker than the rest of that one: a class is named beside a property that says less of it.
    Raises DataError where the lengths differ.
    """
    correct = np.asarray(correct, bool)
    if len(table) != len(correct):
        raise DataError(f"Expected an outcome for each of {len(table):,} faces; got {len(correct):,}.")
    families = [singles(table, correct), *([pairs(table, correct)] if two else [])]
    families = [family.of((family.n >= least) & (2 * family.n <= len(correct))) for family in families]
    # half of the error for each family: pairs are many, and would hide single conditions
    p = np.concatenate([np.minimum(1, len(families) * holm(_p(family, correct))) for family in families])
    tried = families[0].joined(families[1]) if two else families[0]
    chosen: list[WeakSlice] = []
    masks: list[np.ndarray] = []
    for place in np.argsort(p, kind="stable"):
        if p[place] >= ALPHA or len(chosen) >= most:
            break
        conditions = tried.conditions[place]
        mask = members(table, conditions)
        if _says_more(table, conditions, mask, correct) and _is_new(conditions, mask, chosen, masks, correct):
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


def _is_new(
    conditions: tuple[Condition, ...],
    mask: np.ndarray,
    chosen: Sequence[WeakSlice],
    masks: Sequence[np.ndarray],
    correct: np.ndarray,
) -> bool:
    """Whether a slice is not nearly one of those that are `chosen`, which have `masks`."""
    columns = {condition.column for condition in conditions}
    for one, other in zip(chosen, masks, strict=True):
        common = (mask & other).sum()
        if common < OVERLAP * min(mask.sum(), other.sum()):
            continue
        same = columns <= {condition.column for condition in one.conditions}
        if same or common >= OVERLAP * (mask | other).sum() or not _weaker(mask & other, other, correct):
            return False
    return True


def _says_more(table: pd.DataFrame, conditions: tuple[Condition, ...], mask: np.ndarray, correct: np.ndarray) -> bool:
    """Whether faces that meet both conditions are weaker than those that meet one of them."""
    return len(conditions) == 1 or all(_weaker(mask, members(table, (one,)), correct) for one in conditions)


def _weaker(part: np.ndarray, whole: np.ndarray, correct: np.ndarray) -> bool:
    """Whether `part` of the faces in `whole`, bool (N,), is significantly weaker than the rest of them."""
    hits, n = np.array([correct[part].sum()]), np.array([part.sum()])
    return bool(fisher_below(hits, n, int(correct[whole].sum()), int(whole.sum()))[0] < BETTER)


def _slice(conditions: tuple[Condition, ...], mask: np.ndarray, correct: np.ndarray, p: float) -> WeakSlice:
    hits, n = int(correct[mask].sum()), int(mask.sum())
    low, high = metrics.wilson(np.array([hits]), np.array([n]))[:, 0]
    rest = float(correct[~mask].mean())
    return WeakSlice(conditions, np.flatnonzero(mask), hits / n, (float(low), float(high)), rest, p)
