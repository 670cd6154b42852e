"""Tests of paired differences, and their correction where several are shown. Plain numpy, for pages."""

import math
from collections.abc import Sequence

import numpy as np

__all__ = ["DRAWS", "LEVEL", "holm", "mcnemar", "paired_interval"]

DRAWS = 2000  # of the bootstrap
LEVEL = 0.95  # of the intervals; one minus it is the p below which a difference counts


def mcnemar(fixed: int, broken: int) -> float:
    """Two-sided exact p that `fixed` and `broken` are equally likely (McNemar 1947, doi:10.1007/BF02295996).

    p = min(1, 2 sum_{i <= k} C(m, i) / 2^m) with m = fixed + broken and k the smaller of both.
    """
    m, k = fixed + broken, min(fixed, broken)
    logs = (math.lgamma(m + 1) - math.lgamma(i + 1) - math.lgamma(m - i + 1) - m * math.log(2) for i in range(k + 1))
    return min(1.0, 2 * sum(map(math.exp, logs)))


def holm(p: Sequence[float] | np.ndarray) -> np.ndarray:
    """Adjusted p of M tests shown together, float64 (M,), in their order: below alpha, at most a share alpha of such
    families holds a false finding (Holm 1979, A simple sequentially rejective multiple test procedure).

    Of the i-th smallest, counted from 0, the largest of min(1, (M - j) p_j) over j <= i.
    """
    values = np.asarray(p, np.float64)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty(len(values))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)))
    return adjusted


def paired_interval(fixed: int, broken: int, n: int, seed: int = 0) -> tuple[float, float]:
    """95% percentile bootstrap interval of (fixed - broken) / n when the n faces are drawn again with replacement:
    each is fixed, broken or neither, so a draw is a multinomial one over these three. (0, 0) without a face."""
    if not n:
        return 0.0, 0.0
    shares = np.array([fixed, broken, n - fixed - broken]) / n
    drawn = np.random.default_rng(seed).multinomial(n, shares, DRAWS)
    low, high = np.quantile((drawn[:, 0] - drawn[:, 1]) / n, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
