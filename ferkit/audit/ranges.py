"""Everything that a search for weak slices tries: ranges between quantiles, values of categories, and pairs of them."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

__all__ = ["Candidates", "Condition", "members", "pairs", "singles"]

BINS = 8  # of a column alone, any run of neighbours of which is a range
COARSE = 4  # of a column in a pair
VALUES = 50  # categories of a column at most; ids are no slices


@dataclass(frozen=True)
class Condition:
    """low <= column <= high; in a column of categories, `value`, and low = high is its place among the sorted ones."""

    column: str
    low: float
    high: float
    value: str | None = None
    ends: tuple[bool, bool] = (False, False)  # whether no face is below, or above

    def __str__(self) -> str:
        return f"{self.column} {self.value}" if self.value is not None else f"{self.column} {_span(self)}"


@dataclass(frozen=True, eq=False)
class Candidates:
    """M slices: their conditions, and how many faces and right ones each has, int (M,)."""

    conditions: list[tuple[Condition, ...]]
    n: np.ndarray
    hits: np.ndarray

    def __len__(self) -> int:
        return len(self.conditions)

    def of(self, keep: np.ndarray) -> "Candidates":
        """Those in a mask, bool (M,)."""
        kept = [condition for condition, wanted in zip(self.conditions, keep, strict=True) if wanted]
        return Candidates(kept, self.n[keep], self.hits[keep])

    def joined(self, other: "Candidates") -> "Candidates":
        """Those of both."""
        n, hits = (np.concatenate(both) for both in ((self.n, other.n), (self.hits, other.hits)))
        return Candidates(self.conditions + other.conditions, n, hits)


@dataclass(frozen=True, eq=False)
class _Cut:
    """A column in bins: the bin of each face, -1 for none, and the condition of each bin."""

    place: np.ndarray
    conditions: list[Condition]
    ordered: bool


def singles(table: pd.DataFrame, correct: np.ndarray) -> Candidates:
    """Every run of neighbouring bins of a column, and every value of a column of categories."""
    conditions: list[tuple[Condition, ...]] = []
    counts: list[tuple[int, int]] = []
    for cut in _cuts(table, BINS):
        n, hits = _counts(cut.place, correct, len(cut.conditions))
        longest = len(n) if cut.ordered else 1
        for first in range(len(n)):
            for last in range(first, min(len(n), first + longest)):
                conditions.append((_run(cut.conditions[first], cut.conditions[last]),))
                counts.append((int(n[first : last + 1].sum()), int(hits[first : last + 1].sum())))
    return _candidates(conditions, counts)


def pairs(table: pd.DataFrame, correct: np.ndarray) -> Candidates:
    """Every bin of a column with every bin of another."""
    conditions: list[tuple[Condition, ...]] = []
    counts: list[tuple[int, int]] = []
    for a, b in combinations(_cuts(table, COARSE), 2):
        wide = len(b.conditions)
        place = np.where((a.place >= 0) & (b.place >= 0), a.place * wide + b.place, -1)
        n, hits = _counts(place, correct, len(a.conditions) * wide)
        conditions += [(one, other) for one in a.conditions for other in b.conditions]
        counts += zip(n.tolist(), hits.tolist(), strict=True)
    return _candidates(conditions, counts)


def members(table: pd.DataFrame, conditions: tuple[Condition, ...]) -> np.ndarray:
    """bool (N,): the faces that meet all conditions."""
    mask = np.ones(len(table), bool)
    for condition in conditions:
        column = table[condition.column]
        if condition.value is not None:
            mask &= (column.astype(str) == condition.value).to_numpy()
        else:
            mask &= column.between(condition.low, condition.high).to_numpy()
    return mask


def _cuts(table: pd.DataFrame, bins: int) -> list[_Cut]:
    cuts = [_cut(str(name), table[name], bins) for name in table.columns]
    return [cut for cut in cuts if len(cut.conditions) > 1]


def _cut(name: str, column: pd.Series, bins: int) -> _Cut:
    if column.dtype.kind in "iuf":
        return _ranges(name, column.to_numpy(np.float64), bins)
    text = column.astype(str).where(column.notna())
    values = sorted(text.dropna().unique())
    if len(values) > VALUES:
        return _Cut(np.full(len(column), -1), [], False)
    place = pd.Index(values).get_indexer(text)
    return _Cut(place, [Condition(name, float(i), float(i), value) for i, value in enumerate(values)], False)


def _ranges(name: str, values: np.ndarray, bins: int) -> _Cut:
    """Bins of nearly equal size; equal values share one, so that a bin is the range from its least to its largest."""
    known = np.isfinite(values)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, bins + 1)[1:-1])) if known.any() else np.empty(0)
    place = np.where(known, np.searchsorted(edges, values), -1)
    used, place[known] = np.unique(place[known], return_inverse=True)
    last = len(used) - 1
    conditions = [
        Condition(name, float(values[own].min()), float(values[own].max()), None, (i == 0, i == last))
        for i, own in enumerate(place == i for i in range(len(used)))
    ]
    return _Cut(place, conditions, True)


def _run(first: Condition, last: Condition) -> Condition:
    return Condition(first.column, first.low, last.high, first.value, (first.ends[0], last.ends[1]))


def _counts(place: np.ndarray, correct: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    inside = place >= 0
    n = np.bincount(place[inside], minlength=bins)
    return n, np.bincount(place[inside], correct[inside], bins).astype(np.int64)


def _candidates(conditions: list[tuple[Condition, ...]], counts: list[tuple[int, int]]) -> Candidates:
    n, hits = np.array(counts, np.int64).reshape(-1, 2).T
    return Candidates(conditions, n, hits)


def _span(condition: Condition) -> str:
    """A range, with as many digits as its width needs; "≤ 0.42" or "≥ 0.42" where one end is that of all faces."""
    width = condition.high - condition.low
    digits = int(np.clip(1 - np.floor(np.log10(width)), 0, 6)) if width > 0 else 3
    low, high = (f"{value:.{digits}f}".replace("-", "−") for value in (condition.low, condition.high))
    if condition.ends[0] != condition.ends[1]:
        return f"≤ {high}" if condition.ends[0] else f"≥ {low}"
    return f"{low} to {high}"
