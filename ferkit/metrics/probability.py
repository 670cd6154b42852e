"""Of logits and probabilities: how likely the truth was, and whether confidence is kept."""

import numpy as np

__all__ = ["expected_calibration_error", "negative_log_likelihood", "top_k"]


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
