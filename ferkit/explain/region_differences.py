"""Where two groups of faces, or two runs on the same faces, differ in their shares of evidence per part of the face."""

from dataclasses import dataclass

import numpy as np

from ferkit.metrics.student import two_sided

__all__ = ["RegionDifference", "paired", "unpaired"]

LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class RegionDifference:
    """Differences of mean shares in R regions, in [-1, 1]; not a number where a group has fewer than two faces."""

    mean: np.ndarray  # float64 (R,)
    low: np.ndarray  # (R,), of a 95% interval
    high: np.ndarray
    significant: (
        np.ndarray
    )  # bool (R,): whether the interval with Bonferroni's correction over the regions leaves out 0
    n: tuple[int, int]  # faces of each group


def unpaired(a: np.ndarray, b: np.ndarray) -> RegionDifference:
    """Shares (N, R) of some faces less those (M, R) of others; Welch 1947, doi:10.1093/biomet/34.1-2.28."""
    a, b = _finite(a), _finite(b)
    n, m = len(a), len(b)
    if min(n, m) < 2:
        return _nothing(a.shape[1], (n, m))
    parts = a.var(0, ddof=1) / n, b.var(0, ddof=1) / m
    error = parts[0] + parts[1]
    weights = parts[0] ** 2 / (n - 1) + parts[1] ** 2 / (m - 1)
    degrees = np.divide(error**2, weights, out=np.full_like(error, n + m - 2.0), where=weights > 0)
    return _tested(a.mean(0) - b.mean(0), np.sqrt(error), degrees, (n, m))


def paired(a: np.ndarray, b: np.ndarray) -> RegionDifference:
    """Shares (N, R) less others (N, R) of the same faces."""
    difference = _finite(np.asarray(a, np.float64) - np.asarray(b, np.float64))
    n = len(difference)
    if n < 2:
        return _nothing(difference.shape[1], (n, n))
    error = difference.std(0, ddof=1) / np.sqrt(n)
    return _tested(difference.mean(0), error, np.full(len(error), n - 1.0), (n, n))


def _finite(shares: np.ndarray) -> np.ndarray:
    shares = np.asarray(shares, np.float64)
    return shares[np.isfinite(shares).all(1)]


def _tested(mean: np.ndarray, error: np.ndarray, degrees: np.ndarray, n: tuple[int, int]) -> RegionDifference:
    half = error * [two_sided(LEVEL, own) for own in degrees]
    corrected = error * [two_sided(1 - (1 - LEVEL) / len(mean), own) for own in degrees]
    return RegionDifference(mean, mean - half, mean + half, np.abs(mean) > corrected, n)


def _nothing(regions: int, n: tuple[int, int]) -> RegionDifference:
    unknown = np.full(regions, np.nan)
    return RegionDifference(unknown, unknown, unknown, np.zeros(regions, bool), n)
