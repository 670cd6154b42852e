"""95% intervals: Wilson's for shares, the bootstrap's for any score of a confusion matrix."""

from collections.abc import Callable

import numpy as np

__all__ = ["interval", "intervals", "recall_intervals", "wilson"]

DRAWS = 2000  # of the bootstrap
Z = 1.959963984540054  # standard deviations that hold 95% of a normal distribution


def intervals(
    matrix: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    draws: int = DRAWS,
    seed: int = 0,
    level: float = 0.95,
) -> np.ndarray:
    """Percentile bootstrap intervals (2, ...) of a score of a confusion matrix, e.g. (2, C) of `recall` (Efron 1979).

    Drawing N faces with replacement is a multinomial draw over the matrix's cells, so no face is touched.
    """
    n, cells = int(matrix.sum()), matrix.ravel() / max(1, matrix.sum())
    drawn = np.random.default_rng(seed).multinomial(n, cells, draws).reshape(draws, *matrix.shape)
    return np.quantile(score(drawn), [(1 - level) / 2, (1 + level) / 2], axis=0)


def interval(
    matrix: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    draws: int = DRAWS,
    seed: int = 0,
    level: float = 0.95,
) -> tuple[float, float]:
    """The interval of a score that is one number, as in `intervals`."""
    low, high = intervals(matrix, score, draws, seed, level)
    return float(low), float(high)


def recall_intervals(matrix: np.ndarray) -> np.ndarray:
    """95% intervals of the recall of each class, (..., C, C) -> (2, ..., C): low, then high, as in `wilson`."""
    return wilson(np.diagonal(matrix, axis1=-2, axis2=-1), matrix.sum(-1))


def wilson(hits: np.ndarray, n: np.ndarray) -> np.ndarray:
    """95% intervals of the shares hits / n, both (...) -> (2, ...): low, then high, in [0, 1].

    They keep their coverage where none or all of the n are hits: (p + z²/2n ± z sqrt(p (1 - p) / n + z²/4n²)) / (1 +
    z²/n). Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    n = np.maximum(n, 1)
    p = np.asarray(hits, np.float64) / n
    middle, half = p + Z**2 / (2 * n), Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return np.clip(np.stack([middle - half, middle + half]) / (1 + Z**2 / n), 0, 1)
