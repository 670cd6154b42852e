"""Fairness to weak classes after training: one number per class added to the logits, nothing trained again.

    z'_c = z_c + b_c,   sum_c b_c = 0

Where logit adjustment (Menon et al. 2021, arXiv:2007.07314) has one number and lifts rare classes alone, offsets lift
each class that loses faces to others, rare or not. They maximise the geometric mean of the recalls (Kubat and Matwin
1997, Addressing the curse of imbalanced training sets) by coordinate ascent (the best value of one class's offset is
found exactly, on a grid), once on each of several bootstrap resamples of the faces. Their mean (Breiman 1996, Bagging
predictors, doi:10.1007/BF00058655) varies less than one fit to the 56 faces of a class. It is scaled down until it
costs little accuracy, also out of bag: each face read with the mean over the resamples that it is not in. Plain numpy.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ferkit.errors import DataError

__all__ = ["COST", "LARGEST", "fit", "smoothed_g_mean"]

Score = Callable[[np.ndarray], np.ndarray]  # of confusion matrices (..., C, C), as in `metrics`
COST = 0.003  # of accuracy that offsets may take
LARGEST = 3.0  # absolute value of an offset
GRID = np.round(np.arange(-LARGEST, LARGEST + 0.01, 0.05), 2)
SWEEPS = 8  # over all classes, at most
PARTS = 40  # of the offsets, that may be taken
LEAST = 1e-12  # gain that counts


def smoothed_g_mean(matrix: np.ndarray) -> np.ndarray:
    """Geometric mean over the classes that have a face of (right + 1/2) / (faces + 1), (..., C, C) -> (...): unlike
    `metrics.g_mean` it tells one class that is never right from two."""
    n = matrix.sum(-1)
    recalls = (np.diagonal(matrix, axis1=-2, axis2=-1) + 0.5) / (n + 1)
    return np.exp((np.log(recalls) * (n > 0)).sum(-1) / np.maximum(1, (n > 0).sum(-1)))


def fit(
    logits: np.ndarray,
    true: np.ndarray,
    cost: float = COST,
    score: Score = smoothed_g_mean,
    resamples: int = 40,
    seed: int = 0,
) -> np.ndarray:
    """Offsets (C,), float64 of mean 0 in [-3, 3], to be added to logits (N, C) of faces of the classes `true` (N,).

    The mean of the offsets with the largest `score` on each of the stratified bootstrap `resamples`, scaled down to
    the largest of 40 equal parts with which accuracy falls by at most `cost`, on all N faces and out of bag; to 0 where
    there is no such part. Classes without a face move with the mean alone. The same input gives the same offsets.
    Raises DataError for no face, shapes or values that do not fit, a cost outside [0, 1], or no resample.
    """
    z, true = _checked(logits, true, cost, resamples)
    counts = _resampled(true, z.shape[1], resamples, seed)
    fits = np.stack([_ascend(_Faces(z, true, weights), score) for weights in counts])
    mean, out_of_bag = fits.mean(0), _out_of_bag(fits, counts)
    least = np.mean(z.argmax(1) == true) - cost - LEAST
    for share in np.linspace(_largest_share(mean), 0, PARTS + 1):
        if all(np.mean((z + share * offsets).argmax(1) == true) >= least for offsets in (mean, out_of_bag)):
            break
    offsets: np.ndarray = share * mean
    return offsets


def _resampled(true: np.ndarray, classes: int, resamples: int, seed: int) -> np.ndarray:
    """How often each face is in each bootstrap resample, (R, N); every class keeps its number of faces."""
    random, counts = np.random.default_rng(seed), np.zeros((resamples, len(true)))
    places = [place for c in range(classes) if len(place := np.flatnonzero(true == c))]
    for row in counts:
        for place in places:
            row[place] = np.bincount(random.integers(0, len(place), len(place)), minlength=len(place))
    return counts


def _out_of_bag(fits: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """For each face the mean of the offsets `fits` (R, C) of the resamples it is not in, (N, C); of all resamples for a
    face that is in each."""
    absent = (counts == 0).astype(np.float64)
    n = absent.sum(0)[:, None]
    return np.where(n > 0, absent.T @ fits / np.maximum(n, 1), fits.mean(0))


def _largest_share(offsets: np.ndarray) -> float:
    """Of offsets that keeps all of them within `LARGEST`."""
    return min(1.0, LARGEST / max(float(np.abs(offsets).max()), LEAST))


@dataclass(frozen=True, eq=False)
class _Faces:
    """What an ascent looks at: float64 logits (N, C), classes (N,), and how often each face counts (N,)."""

    logits: np.ndarray
    true: np.ndarray
    weights: np.ndarray

    def matrix(self, predicted: np.ndarray) -> np.ndarray:
        """The confusion matrix (C, C)."""
        classes = self.logits.shape[1]
        counts = np.bincount(self.true * classes + predicted, self.weights, classes**2)
        return counts.reshape(classes, classes)

    def along(self, offsets: np.ndarray, c: int) -> np.ndarray:
        """The confusion matrix (G, C, C) at each value of the grid for the offset of class c, the others being as they
        are: a face goes from the best other class to c at the first value that is enough."""
        classes = self.logits.shape[1]
        others = self.logits + offsets
        others[:, c] = -np.inf
        best = others.argmax(1)
        first = np.searchsorted(GRID, others.max(1) - self.logits[:, c], side="right")
        flat = (first * classes + self.true) * classes + best
        gone = np.bincount(flat, self.weights, (len(GRID) + 1) * classes**2).reshape(-1, classes, classes)[:-1]
        gone = gone.cumsum(0)
        matrices: np.ndarray = self.matrix(best) - gone
        matrices[:, :, c] += gone.sum(2)
        return matrices


def _ascend(faces: _Faces, score: Score) -> np.ndarray:
    """Offsets (C,) of mean 0 with a score that no change of a single one improves."""
    offsets = np.zeros(faces.logits.shape[1])
    start = faces.matrix(faces.logits.argmax(1))
    best = float(score(start))
    for _ in range(SWEEPS):
        before = best
        for c in np.flatnonzero(start.sum(1)).tolist():
            scores = score(faces.along(offsets, c))
            if scores.max() > best + LEAST:
                best = float(scores.max())
                nearest = np.abs(GRID - offsets[c]) + np.where(scores >= best - LEAST, 0.0, np.inf)
                offsets[c] = GRID[nearest.argmin()]
        if best <= before:
            break
    return offsets - offsets.mean()


def _checked(logits: np.ndarray, true: np.ndarray, cost: float, resamples: int) -> tuple[np.ndarray, np.ndarray]:
    z, labels = np.asarray(logits, np.float64), np.asarray(true)
    if z.ndim != 2 or not len(z) or z.shape[1] < 2 or labels.shape != z.shape[:1]:
        raise DataError(
            f"Offsets are fitted to logits (faces, classes) and a class for each face; got {z.shape} and "
            f"{labels.shape}."
        )
    if not np.isfinite(z).all() or not np.isin(labels, np.arange(z.shape[1])).all():
        raise DataError(f"Logits should be finite and classes 0 to {z.shape[1] - 1}. Evaluate the run again.")
    if not 0 <= cost <= 1 or resamples < 1:
        raise DataError(f"The cost is a share of accuracy from 0 to 1, of one resample or more; got {cost}.")
    return z, labels.astype(np.int64)
