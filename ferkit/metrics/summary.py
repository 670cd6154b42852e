"""All scores of a run on one split, as plain values."""

from typing import Any

import numpy as np

from ferkit.metrics.matrices import accuracy, balanced_accuracy, confusion, f1, macro_f1, precision, recall
from ferkit.metrics.probability import expected_calibration_error, negative_log_likelihood, top_k
from ferkit.metrics.spread import interval, recall_intervals
from ferkit.metrics.temperature import UNCALIBRATED, Temperature, softmax

__all__ = ["headline", "scores"]


def scores(
    logits: np.ndarray,
    true: np.ndarray,
    classes: tuple[str, ...],
    leaked: np.ndarray | None = None,
    temperature: Temperature = UNCALIBRATED,
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
        **temperature.fields,
        **{f"{key}_uncalibrated": value for key, value in uncalibrated.items()},
        "per_class": {
            name: {key: column[i].item() for key, column in columns.items()} | {"recall_interval": spread[i]}
            for i, name in enumerate(classes)
        },
    }
    keep = np.ones(len(true), bool) if leaked is None else ~leaked
    return report | {"dedup": headline(confusion(true[keep], logits[keep].argmax(1), len(classes)))}


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


def _confidence(probabilities: np.ndarray, true: np.ndarray) -> dict[str, float]:
    return {"ece": expected_calibration_error(probabilities, true), "nll": negative_log_likelihood(probabilities, true)}
