"""Post-hoc calibration of a run: logit adjustment for rare classes or one offset per class, and a temperature, fitted
together and scored by cross-validation.

    p = softmax((z - tau log(share)) / T)   or   p = softmax((z + offsets) / T)

`share` is each class's share of the training faces (Menon et al. 2021, Long-tail learning via logit adjustment,
arXiv:2007.07314), T the temperature of `ferkit.metrics.temperature`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ferkit import metrics
from ferkit.errors import DataError
from ferkit.evaluate import class_offsets
from ferkit.evaluate.logit_adjustment import adjusted, trade
from ferkit.metrics import UNCALIBRATED, Temperature

__all__ = [
    "TAUS", "Calibration", "CrossValidation", "cross_validate", "cross_validate_offsets", "fit", "fit_offsets",
    "stratified_folds",
]  # fmt: skip

Score = Callable[[np.ndarray], np.ndarray]  # of confusion matrices (..., C, C), as in `metrics`
TAUS = tuple(round(0.05 * i, 2) for i in range(21))  # 0 to 1
LARGEST_COST = 0.005  # of accuracy, that an adjustment may take on the faces it is fitted to


@dataclass(frozen=True)
class Calibration:
    """What turns logits into probabilities."""

    offsets: tuple[float, ...]  # added to the logit of each class, of mean 0
    temperature: Temperature = UNCALIBRATED
    tau: float = 0.0  # of the logit adjustment that the offsets are; 0: they are none
    cost: float = 0.0  # of accuracy, that they might take

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """(N, C) logits -> float64 (N, C)."""
        return metrics.softmax(logits + np.array(self.offsets), self.temperature)


@dataclass(frozen=True)
class CrossValidation:
    """Scores of probabilities that were calibrated without the faces they are of."""

    folds: tuple[Calibration, ...]  # fitted on all folds but one
    seed: int  # of the folds
    confusion: np.ndarray  # int (C, C)
    accuracy: float
    macro_f1: float
    g_mean: float  # of the recalls
    ece: float
    nll: float

    @property
    def recall(self) -> np.ndarray:
        """Per class, (C,)."""
        return metrics.recall(self.confusion)


def fit(
    logits: np.ndarray,
    true: np.ndarray,
    shares: np.ndarray,
    taus: Sequence[float] = TAUS,
    largest_cost: float = LARGEST_COST,
    score: Score = metrics.macro_f1,
) -> Calibration:
    """The tau whose confusion matrix has the best score, among those that cost at most `largest_cost` of the accuracy
    at the first tau; then the temperature of the adjusted logits."""
    matrices = trade(logits, true, shares, taus)
    accuracy = metrics.accuracy(matrices)
    tau = taus[int(np.argmax(np.where(accuracy >= accuracy[0] - largest_cost, score(matrices), -1.0)))]
    offsets = adjusted(np.zeros(len(shares)), shares, tau)
    return _with(offsets - offsets.mean(), logits, true, float(tau), largest_cost)


def fit_offsets(logits: np.ndarray, true: np.ndarray, cost: float = class_offsets.COST) -> Calibration:
    """Offsets as `class_offsets.fit` finds them, then the temperature of the logits with them."""
    return _with(class_offsets.fit(logits, true, cost), logits, true, 0.0, cost)


def _with(offsets: np.ndarray, logits: np.ndarray, true: np.ndarray, tau: float, cost: float) -> Calibration:
    temperature = metrics.fit_adaptive_temperature(logits + offsets, true)
    return Calibration(tuple(offsets.tolist()), temperature, tau, cost)


def cross_validate(
    logits: np.ndarray,
    true: np.ndarray,
    shares: np.ndarray,
    taus: Sequence[float] = TAUS,
    folds: int = 5,
    seed: int = 0,
    largest_cost: float = LARGEST_COST,
    score: Score = metrics.macro_f1,
) -> CrossValidation:
    """Each fold calibrated by what was fitted on all other folds, and all scored together. `taus=(0.0,)` fits a
    temperature alone."""
    return _cross_validated(lambda z, t: fit(z, t, shares, taus, largest_cost, score), logits, true, folds, seed)


def cross_validate_offsets(
    logits: np.ndarray, true: np.ndarray, folds: int = 5, seed: int = 0, cost: float = class_offsets.COST
) -> CrossValidation:
    """As `cross_validate`, of offsets per class: each fold is read with those that the other folds gave."""
    return _cross_validated(lambda z, t: fit_offsets(z, t, cost), logits, true, folds, seed)


def _cross_validated(
    fitted_to: Callable[[np.ndarray, np.ndarray], Calibration],
    logits: np.ndarray,
    true: np.ndarray,
    folds: int,
    seed: int,
) -> CrossValidation:
    fold = stratified_folds(true, folds, seed)
    probabilities, fitted = np.empty(logits.shape), []
    for i in range(folds):
        held_out = fold == i
        fitted.append(fitted_to(logits[~held_out], true[~held_out]))
        probabilities[held_out] = fitted[-1].probabilities(logits[held_out])
    matrix = metrics.confusion(true, probabilities.argmax(1), logits.shape[1])
    return CrossValidation(
        tuple(fitted),
        seed,
        matrix,
        float(metrics.accuracy(matrix)),
        float(metrics.macro_f1(matrix)),
        float(metrics.g_mean(matrix)),
        metrics.expected_calibration_error(probabilities, true),
        metrics.negative_log_likelihood(probabilities, true),
    )


def stratified_folds(true: np.ndarray, folds: int, seed: int = 0) -> np.ndarray:
    """int (N,): the fold of each face, seeded; the folds of a class differ by one face at most.

    Raises DataError for more folds than faces.
    """
    if not 2 <= folds <= len(true):
        raise DataError(f"Cross-validation takes 2 to {len(true)} folds of {len(true)} faces; got {folds}.")
    shuffled = np.random.default_rng(seed).permutation(len(true))
    by_class = shuffled[np.argsort(np.asarray(true)[shuffled], kind="stable")]
    fold = np.empty(len(true), np.int64)
    fold[by_class] = np.arange(len(true)) % folds
    return fold
