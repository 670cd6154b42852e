"""What a network makes of a face, in a few numbers: its penultimate features on the widest directions of val's.

Drift is then looked for in each direction by itself, as Rabanser et al. 2019, Failing Loudly: An Empirical Study of
Methods for Detecting Dataset Shift, arXiv:1810.11953, found to work: reduce the dimensions, test each by
Kolmogorov-Smirnov, correct for their number.
"""

from collections.abc import Sequence

import numpy as np

from ferkit.runs.types import Frozen, Number

__all__ = ["DIRECTIONS", "Basis", "as_text", "component", "fit", "from_texts"]

DIRECTIONS = 8  # principal components that are kept, at most
DIGITS = 3  # of a coordinate in the log, in standard deviations of val


class Basis(Frozen):
    """The K widest directions of val's features in D dimensions, scaled so that val has the deviation 1 on each."""

    mean: tuple[Number, ...]  # (D,)
    directions: tuple[tuple[Number, ...], ...]  # (K, D)

    def coordinates(self, features: np.ndarray) -> np.ndarray:
        """(N, D) -> (N, K), float64."""
        found: np.ndarray = (np.asarray(features, float) - np.asarray(self.mean)) @ np.asarray(self.directions).T
        return found


def component(k: int) -> str:
    """The name of the k-th direction, from 0, among the measures of a reference."""
    return f"component {k + 1}"


def fit(features: np.ndarray) -> Basis | None:
    """Principal components of features (N, D); None where they do not vary."""
    x = np.asarray(features, float)
    mean = x.mean(0)
    variances, directions = np.linalg.eigh(np.cov(x - mean, rowvar=False).reshape(x.shape[1], -1))  # ascending
    wide = [i for i in range(len(variances))[::-1] if variances[i] > 1e-9 * variances[-1] > 0][:DIRECTIONS]
    if not wide or len(x) < 2:
        return None
    scaled = directions[:, wide] / np.sqrt(variances[wide])
    rounded = [[float(f"{value:.4g}") for value in row] for row in (mean, *scaled.T)]
    return Basis(mean=tuple(rounded[0]), directions=tuple(map(tuple, rounded[1:])))


def as_text(coordinates: np.ndarray) -> str:
    """Coordinates (K,) of one face as the log keeps them: "0.512 -1.03 …"."""
    return " ".join(f"{value:.{DIGITS}g}" for value in coordinates)


def from_texts(texts: Sequence[object], k: int) -> np.ndarray:
    """float (M, k) of the texts that hold as many coordinates; others are left out."""
    rows = [str(text).split() for text in texts if isinstance(text, str)]
    try:
        found = np.array([row for row in rows if len(row) == k], float).reshape(-1, k)
    except ValueError:  # somebody else wrote into the column
        return np.empty((0, k))
    return found[np.isfinite(found).all(1)]
