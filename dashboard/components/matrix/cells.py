"""What stands in the cells of a matrix: a share and a count each, and how full their colour is."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ferkit import metrics

__all__ = ["NORMS", "Cells", "counted", "subtracted"]

NORMS = {"row": "by row", "column": "by column", "count": "counts"}


@dataclass(frozen=True, eq=False)
class Cells:
    """Of C x C cells."""

    counts: np.ndarray  # int (C, C): faces, or how many more
    shares: np.ndarray  # float (C, C): of the row, or of the column where that is the norm; or a difference of these
    norm: str  # one of NORMS: which of both is large, and coloured
    signed: bool = False  # whether they are differences

    @property
    def values(self) -> np.ndarray:
        """float (C, C): what is coloured."""
        return self.counts.astype(np.float64) if self.norm == "count" else self.shares

    @property
    def top(self) -> float:
        """The largest value, without its sign."""
        return float(np.abs(self.values).max(initial=0.0)) or 1.0

    def as_data(self, classes: tuple[str, ...], top: float | None, cell: str) -> dict[str, Any]:
        """Texts, colours and words of each cell for the browser."""
        shares = [[_share(value, self.signed) for value in row] for row in self.shares.tolist()]
        counts = [[_count(value, self.signed) for value in row] for row in self.counts.tolist()]
        large, small = (counts, shares) if self.norm == "count" else (shares, counts)
        fill = np.clip(self.values / (top or self.top), -1, 1)
        words = [
            [f"{cell.format(row=classes[i], column=classes[j])}: {self._words(i, j)}" for j in range(len(classes))]
            for i in range(len(classes))
        ]
        rows, columns = (np.repeat(classes, len(classes)).tolist(), list(classes) * len(classes))
        table = {"row": rows, "column": columns, "faces": self.counts.ravel().tolist()}
        share = "share of the " + ("column" if self.norm == "column" else "row")
        table |= {share: np.round(self.shares, 6).ravel().tolist()}
        fill = np.round(fill, 3).tolist()
        return {
            "counts": self.counts.tolist(),
            "large": large,
            "small": small,
            "fill": fill,
            "words": words,
            "table": table,
            "signed": self.signed,
        }

    def _words(self, i: int, j: int) -> str:
        count, share = int(self.counts[i, j]), float(self.shares[i, j])
        of = "column" if self.norm == "column" else "row"
        if self.signed:
            return f"{_count(count, True)} faces, {_share(share, True)} points of the {of}"
        return f"{count:,} {'face' if count == 1 else 'faces'}, {100 * share:.1f}% of the {of}"


def counted(counts: np.ndarray, norm: str) -> Cells:
    """Counts int (C, C), each with its share by one of `NORMS`; of the row where counts are the norm."""
    return Cells(counts, metrics.shares(counts, "row" if norm == "count" else norm), norm)


def subtracted(counts: np.ndarray, minus: np.ndarray, norm: str) -> Cells:
    """One run's counts less another's, int (C, C), and the same of their shares."""
    one, other = counted(counts, norm), counted(minus, norm)
    return Cells(one.counts - other.counts, one.shares - other.shares, norm, signed=True)


def _share(value: float, signed: bool) -> str:
    """0.643 -> "64%", 0.045 -> "4.5%"; signed: "+3.2", in points."""
    if signed:
        text = f"{100 * value:+.1f}".replace("-", "−")
        return "0" if text[1:] == "0.0" else text
    return f"{100 * value:.{1 if 0 < value < 0.0995 else 0}f}%"


def _count(value: int, signed: bool) -> str:
    return (f"{value:+,}".replace("-", "−") if value else "0") if signed else f"{value:,}"
