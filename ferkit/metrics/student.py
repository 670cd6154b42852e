"""Quantiles of Student's t, for intervals of a mean over few faces, without scipy."""

from statistics import NormalDist

__all__ = ["two_sided"]


def two_sided(level: float, degrees: float) -> float:
    """t such that a t-distributed number lies within ±t with probability `level`, in (0, 1); infinite below one degree
    of freedom.

    The expansion around the normal quantile z by Abramowitz & Stegun 1964, 26.7.5; from 4 degrees on exact to 1% at
    0.95.
    """
    if degrees < 1:
        return float("inf")
    z = NormalDist().inv_cdf((1 + level) / 2)
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return sum(term / degrees**i for i, term in enumerate(terms))
