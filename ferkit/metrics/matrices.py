"""Confusion matrices and what is read off them. Rows are true classes, columns predicted ones; every function of a
matrix takes (..., C, C), a stack of any shape, because a bootstrap wants thousands at once."""

import numpy as np

__all__ = ["accuracy", "balanced_accuracy", "confusion", "f1", "g_mean", "macro_f1", "precision", "recall", "shares"]


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


def g_mean(matrix: np.ndarray) -> np.ndarray:
    """Geometric mean of the recalls of the classes that have a face, (..., C, C) -> (...); 0 where one of them is never
    right, or without a face (Kubat and Matwin 1997, Addressing the curse of imbalanced training sets)."""
    present = matrix.sum(-1) > 0
    logs = np.log(recall(matrix), out=np.full(present.shape, -np.inf), where=_diagonal(matrix) > 0)
    mean = _ratio(np.where(present, logs, 0.0).sum(-1), present.sum(-1))
    return np.exp(mean) * present.any(-1)


def shares(matrix: np.ndarray, norm: str) -> np.ndarray:
    """Counts (..., C, C) as shares of their row ("row", so the diagonal is recall) or of their column ("column", so it
    is precision), float64 in [0, 1]; as they are for "count". 0 where there is nothing to share."""
    if norm == "count":
        return np.asarray(matrix, np.float64)
    return _ratio(matrix, np.broadcast_to(matrix.sum(-1 if norm == "row" else -2, keepdims=True), matrix.shape))


def _diagonal(matrix: np.ndarray) -> np.ndarray:
    return np.diagonal(matrix, axis1=-2, axis2=-1)


def _ratio(part: np.ndarray, total: np.ndarray) -> np.ndarray:
    return np.divide(part, total, out=np.zeros(np.shape(part)), where=np.asarray(total) > 0)


def _mean(values: np.ndarray, counted: np.ndarray) -> np.ndarray:
    return _ratio((values * counted).sum(-1), counted.sum(-1))
