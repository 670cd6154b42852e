"""Logits as probabilities: how likely the truth was, and whether confidence is kept."""

import math

import numpy as np

__all__ = ["expected_calibration_error", "fit_temperature", "negative_log_likelihood", "softmax", "top_k"]

HOTTEST = (0.05, 20.0)  # bounds of 1 / T


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """softmax(z / T): (N, C) -> probabilities (N, C) in float64."""
    z = np.asarray(logits, np.float64) / temperature
    z = np.exp(z - z.max(1, keepdims=True))
    return z / z.sum(1, keepdims=True)


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
