"""Scores from a confusion matrix or from logits, in plain numpy.

Rows of a confusion matrix are true classes, columns predicted ones. Every function of a matrix takes (..., C, C), a
stack of any shape, because a bootstrap wants thousands at once. Numpy and not scikit-learn, because pages compute these
while a person waits (importing scikit-learn takes a second); the tests hold each one against scikit-learn.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = [
    "accuracy", "balanced_accuracy", "confusion", "expected_calibration_error", "f1", "fit_temperature", "headline",
    "interval", "intervals", "macro_f1", "negative_log_likelihood", "precision", "recall", "recall_intervals", "scores",
    "softmax", "top_k",
]  # fmt: skip

DRAWS = 2000  # of the bootstrap
HOTTEST = (0.05, 20.0)  # bounds of 1 / T


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """softmax(z / T): (N, C) -> probabilities (N, C) in float64."""
    z = np.asarray(logits, np.float64) / temperature
    z = np.exp(z - z.max(1, keepdims=True))
    return z / z.sum(1, keepdims=True)


def confusion(true: np.ndarray, pred: np.ndarray, classes: int) -> np.ndarray:
    """Count pairs: class indices `true` (N,) and `pred` (N,) in [0, C) -> int (C, C), rows true, columns predicted."""
    return np.bincount(np.asarray(true, np.int64) * classes + pred, minlength=classes**2).reshape(classes, classes)


def accuracy(matrix: np.ndarray) -> np.ndarray:
    """Share of faces on the diagonal, (..., C, C) -> (...), in [0, 1]; 0 without a face."""
    return _ratio(np.trace(matrix, axis1=-2, axis2=-1), matrix.sum((-2, -1)))


def recall(matrix: np.ndarray) -> np.ndarray:
    """Share of each true class that is predicted as it, (..., C, C) -> (..., C), in [0, 1]; 0 for a class without a
    face."""
    return _ratio(_diagonal(matrix), matrix.sum(-1))


def precision(matrix: np.ndarray) -> np.ndarray:
    """Share of each class's predictions that are right, (..., C, C) -> (..., C), in [0, 1]; 0 where it is never
    predicted."""
    return _ratio(_diagonal(matrix), matrix.sum(-2))


def f1(matrix: np.ndarray) -> np.ndarray:
    """2 TP / (2 TP + FP + FN) per class, (..., C, C) -> (..., C), in [0, 1]."""
    return _ratio(2 * _diagonal(matrix), matrix.sum(-1) + matrix.sum(-2))


def macro_f1(matrix: np.ndarray) -> np.ndarray:
    """Mean F1 over the classes that have a face or a prediction, (..., C, C) -> (...)."""
    return _mean(f1(matrix), matrix.sum(-1) + matrix.sum(-2) > 0)


def balanced_accuracy(matrix: np.ndarray) -> np.ndarray:
    """Mean recall over the classes that have a face, (..., C, C) -> (...)."""
    return _mean(recall(matrix), matrix.sum(-1) > 0)


def top_k(logits: np.ndarray, true: np.ndarray, k: int = 2) -> float:
    """Share of faces whose class `true` (N,) is among the k largest of its `logits` (N, C), in [0, 1]."""
    k = min(k, logits.shape[1])
    best = np.argpartition(-logits, k - 1, axis=1)[:, :k]
    return float((best == np.asarray(true)[:, None]).any(1).mean())


def negative_log_likelihood(probabilities: np.ndarray, true: np.ndarray) -> float:
    """Mean of -log p(true class) in nats, for probabilities (N, C) and class indices (N,)."""
    return float(-np.log(np.clip(probabilities[np.arange(len(true)), true], 1e-12, 1)).mean())


def expected_calibration_error(probabilities: np.ndarray, true: np.ndarray, bins: int = 15) -> float:
    """sum_b n_b / N |accuracy_b - confidence_b| over `bins` equal-width bins of the top probability, in [0, 1].

    Probabilities (N, C), class indices (N,). Guo et al. 2017, arXiv:1706.04599.
    """
    confidence, right = probabilities.max(1), probabilities.argmax(1) == true
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(place, right, bins) - np.bincount(place, confidence, bins)
    return float(np.abs(gap).sum() / len(true))


def fit_temperature(logits: np.ndarray, true: np.ndarray) -> float:
    """The T in [0.05, 20] whose softmax(z / T) has the smallest negative log-likelihood (Guo et al. 2017,
    arXiv:1706.04599).

    That likelihood is convex in 1 / T: its slope, mean(sum_c p_c z_c - z_true), is followed to zero by halving.
    """
    z, (low, high) = np.asarray(logits, np.float64), HOTTEST
    target = z[np.arange(len(true)), true].mean()
    for _ in range(40):
        middle = math.sqrt(low * high)
        slope = (softmax(z, 1 / middle) * z).sum(1).mean() - target
        low, high = (middle, high) if slope < 0 else (low, middle)
    return 1 / math.sqrt(low * high)


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


def scores(
    logits: np.ndarray,
    true: np.ndarray,
    classes: tuple[str, ...],
    leaked: np.ndarray | None = None,
    temperature: float = 1.0,
) -> dict[str, Any]:
    """All scores of a run on one split, as plain values, with 95% intervals.

    `leaked` marks faces whose pixels are also in train; the block `dedup` holds the same scores without them. `ece` and
    `nll` are of calibrated probabilities, softmax(logits / temperature); `ece_uncalibrated` and `nll_uncalibrated` are
    of softmax(logits).
    """
    matrix = confusion(true, logits.argmax(1), len(classes))
    columns = {"precision": precision(matrix), "recall": recall(matrix), "f1": f1(matrix), "support": matrix.sum(1)}
    spread = recall_intervals(matrix).T.tolist()
    uncalibrated = _confidence(softmax(logits), true)
    report = {
        **headline(matrix),
        "top2": top_k(logits, true),
        **_confidence(softmax(logits, temperature), true),
        "temperature": temperature,
        **{f"{key}_uncalibrated": value for key, value in uncalibrated.items()},
        "per_class": {
            name: {key: column[i].item() for key, column in columns.items()} | {"recall_interval": spread[i]}
            for i, name in enumerate(classes)
        },
    }
    keep = np.ones(len(true), bool) if leaked is None else ~leaked
    return report | {"dedup": headline(confusion(true[keep], logits[keep].argmax(1), len(classes)))}


def _confidence(probabilities: np.ndarray, true: np.ndarray) -> dict[str, float]:
    return {"ece": expected_calibration_error(probabilities, true), "nll": negative_log_likelihood(probabilities, true)}


def recall_intervals(matrix: np.ndarray) -> np.ndarray:
    """95% intervals of the recall of each class, (..., C, C) -> (2, ..., C): low, then high.

    They keep their coverage where none or all of a class's faces are recognised: (p + z²/2n ± z sqrt(p (1 - p) / n +
    z²/4n²)) / (1 + z²/n). Wilson 1927, doi:10.1080/01621459.1927.10502953.
    """
    n, z = np.maximum(matrix.sum(-1), 1), 1.959963984540054
    p = recall(matrix)
    middle, half = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return np.clip(np.stack([middle - half, middle + half]) / (1 + z**2 / n), 0, 1)


def headline(matrix: np.ndarray) -> dict[str, Any]:
    """Accuracy, macro-F1 and balanced accuracy of a confusion matrix, the first two with their 95% intervals, and how
    many faces."""
    return {
        "n": int(matrix.sum()),
        "accuracy": float(accuracy(matrix)),
        "accuracy_interval": interval(matrix, accuracy),
        "macro_f1": float(macro_f1(matrix)),
        "macro_f1_interval": interval(matrix, macro_f1),
        "balanced_accuracy": float(balanced_accuracy(matrix)),
    }


def _diagonal(matrix: np.ndarray) -> np.ndarray:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def _ratio(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.divide(part, total, out=np.zeros(np.shape(part)), where=np.asarray(total) > 0)


def _mean(values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    return _ratio((values * counted).sum(-1), counted.sum(-1))
