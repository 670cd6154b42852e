"""Paired comparison of two runs on the same faces: exact McNemar test and bootstrap intervals. Plain numpy, for
pages."""

from dataclasses import dataclass

import numpy as np

from ferkit import metrics
from ferkit.errors import DataError
from ferkit.evaluate.significance import DRAWS, LEVEL, mcnemar

__all__ = ["Paired", "paired", "resampled"]


@dataclass(frozen=True, eq=False)
class Paired:
    """Run B against run A on the same n faces; differences are B - A as shares, with 95% intervals."""

    n: int
    fixed: np.ndarray  # rows wrong in A and right in B
    broken: np.ndarray  # rows right in A and wrong in B
    accuracy: float
    accuracy_interval: tuple[float, float]
    p: float  # exact McNemar, two-sided
    macro_f1: float
    macro_f1_interval: tuple[float, float]

    @property
    def sure(self) -> bool:
        """Whether the accuracies differ significantly: p below 0.05."""
        return self.p < 1 - LEVEL

    @property
    def verdict(self) -> str:
        """One plain sentence about A and B."""
        return self.sentence("A", "B")

    def sentence(self, a: str, b: str) -> str:
        """As `verdict`, with the runs' names."""
        sign = 1 if self.accuracy >= 0 else -1
        low, high = sorted(100 * sign * end for end in self.accuracy_interval)
        chance = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.2g}"
        interval = f"[{low:+z.1f}, {high:+z.1f}]".replace("+0.0", "0.0").replace("-", "−")
        gap = 100 * abs(self.accuracy)
        lead = f"{gap:.1f} points {interval}, {chance}" if gap >= 0.05 else f"under 0.1 points {interval}, {chance}"
        better = b if sign > 0 else a
        if self.sure:
            return f"{better} is better by {lead}."
        return (
            f"A tie: {better} is ahead by {lead}." if self.accuracy else f"A tie: no difference in accuracy, {chance}."
        )


def paired(logits_a: np.ndarray, logits_b: np.ndarray, true: np.ndarray, seed: int = 0) -> Paired:
    """Compare two runs by their logits (N, C) and the true classes (N,), all in one order of faces and of classes.

    Raises DataError when they are not the same faces and classes, or there are none.
    """
    if logits_a.shape != logits_b.shape or len(logits_a) != len(true) or not len(true):
        got = f"{logits_a.shape}, {logits_b.shape} and {len(true)} labels"
        raise DataError(
            f"Expected two runs scored on the same faces and classes, got {got}. Evaluate both on one split."
        )
    a, b, classes = logits_a.argmax(1), logits_b.argmax(1), logits_a.shape[1]
    fixed, broken = np.flatnonzero((a != true) & (b == true)), np.flatnonzero((a == true) & (b != true))
    matrices = [metrics.confusion(true, pred, classes) for pred in (a, b)]
    drawn = resampled(true, a, b, classes, seed)
    differences = {score: _difference(score, matrices, drawn) for score in (metrics.accuracy, metrics.macro_f1)}
    return Paired(
        len(true), fixed, broken,
        *differences[metrics.accuracy], mcnemar(len(fixed), len(broken)), *differences[metrics.macro_f1],
    )  # fmt: skip


def _difference(score, matrices: list[np.ndarray], drawn: list[np.ndarray]) -> tuple[float, tuple[float, float]]:  # type: ignore[no-untyped-def]
    """A score's difference B - A and its percentile interval."""
    ends = np.quantile(score(drawn[1]) - score(drawn[0]), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(score(matrices[1]) - score(matrices[0])), (float(ends[0]), float(ends[1]))


def resampled(true: np.ndarray, a: np.ndarray, b: np.ndarray, classes: int, seed: int = 0) -> list[np.ndarray]:
    """Confusion matrices float32 (DRAWS, C, C) of A and of B over the same drawn faces, for a paired bootstrap of any
    score of them.

    Drawing N faces with replacement is a multinomial draw over the cells (true class, A's prediction, B's prediction)
    that have a face. The draws are the same whichever run is A: the interval of A - B is that of B - A, negated.
    """
    if b.tobytes() < a.tobytes():
        return resampled(true, b, a, classes, seed)[::-1]
    cell, count = np.unique(np.stack([true, a, b]).astype(np.int64), axis=1, return_counts=True)  # (3, cells)
    drawn = np.random.default_rng(seed).multinomial(len(true), count / len(true), DRAWS).astype(np.float32)
    matrices = []
    for pred in cell[1:]:
        belongs = np.zeros((cell.shape[1], classes**2), np.float32)
        belongs[np.arange(cell.shape[1]), cell[0] * classes + pred] = 1
        matrices.append((drawn @ belongs).reshape(DRAWS, classes, classes))
    return matrices
