"""Scores from a confusion matrix or from logits, in plain numpy.

Numpy and not scikit-learn, because pages compute these while a person waits (importing scikit-learn takes a second);
the tests hold each one against scikit-learn.
"""

from ferkit.metrics.matrices import (
    accuracy,
    balanced_accuracy,
    confusion,
    f1,
    g_mean,
    macro_f1,
    precision,
    recall,
    shares,
)
from ferkit.metrics.probability import expected_calibration_error, negative_log_likelihood, top_k
from ferkit.metrics.spread import interval, intervals, recall_intervals, wilson
from ferkit.metrics.summary import headline, scores
from ferkit.metrics.temperature import UNCALIBRATED, Temperature, fit_adaptive_temperature, fit_temperature, softmax

__all__ = [
    "UNCALIBRATED", "Temperature", "accuracy", "balanced_accuracy", "confusion", "expected_calibration_error", "f1",
    "fit_adaptive_temperature", "fit_temperature", "g_mean", "headline", "interval", "intervals", "macro_f1",
    "negative_log_likelihood", "precision", "recall", "recall_intervals", "scores", "shares", "softmax", "top_k",
    "wilson",
]  # fmt: skip
