"""Scores as a threshold moves: accuracy against coverage, ROC and precision-recall per class, top-k. Plain numpy, for
pages; the tests hold them against scikit-learn."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Coverage", "Curve", "coverage", "precision_recall", "roc", "thinned", "top_ks"]


@dataclass(frozen=True, eq=False)
class Coverage:
    """Selective classification: the run answers only where it is confident enough. One point per distinct confidence,
    the highest first."""

    threshold: np.ndarray  # float64 (M,): answered are the faces with confidence >= threshold
    coverage: np.ndarray  # share of all faces that are answered, in (0, 1]
    accuracy: np.ndarray  # of those
    aurc: float  # area under the risk-coverage curve: mean of 1 - accuracy over all coverages k / N; lower is better

    def at(self, threshold: float) -> tuple[float, float]:
        """Coverage and accuracy at any threshold; (0, nan) where no face is that confident."""
        place = int((self.threshold >= threshold).sum()) - 1
        return (float(self.coverage[place]), float(self.accuracy[place])) if place >= 0 else (0.0, float("nan"))

    def needed(self, accuracy: float) -> float | None:
        """The lowest threshold that keeps at least that accuracy; None where none does."""
        enough = np.flatnonzero(self.accuracy >= accuracy)
        return float(self.threshold[enough[-1]]) if len(enough) else None


@dataclass(frozen=True, eq=False)
class Curve:
    """One class against the rest as the threshold on its probability falls."""

    x: np.ndarray  # float64 (M,): false positive rate of a ROC, recall of a precision-recall curve
    y: np.ndarray  # true positive rate, or precision
    threshold: np.ndarray  # (M,): predicted are the faces with probability >= threshold
    area: float  # AUC, or average precision; nan where the class, or everything else, has no face


def coverage(confidence: np.ndarray, right: np.ndarray) -> Coverage:
    """Top probabilities (N,) and outcomes bool (N,), N >= 1, in any order.

    Geifman and El-Yaniv 2017, Selective Classification for Deep Neural Networks, arXiv:1705.08500. Faces of equal
    confidence are answered together, so the curve does not depend on their order.
    """
    threshold, last, hits = _falling(confidence, np.asarray(right, np.float64))
    n = last + 1
    accuracy = hits / n
    sizes = np.diff(n, prepend=0)
    return Coverage(threshold, n / n[-1], accuracy, float(((1 - accuracy) * sizes).sum() / n[-1]))


def roc(score: np.ndarray, positive: np.ndarray) -> Curve:
    """Receiver operating characteristic of scores (N,) for the faces that are `positive`, bool (N,); from (0, 0) to
    (1, 1), area by the trapezoidal rule (Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747)."""
    positive = np.asarray(positive, bool)
    threshold, last, hits = _falling(score, positive.astype(np.float64))
    total, others = positive.sum(), (~positive).sum()
    x = np.concatenate([[0.0], (last + 1 - hits) / max(1, others)])
    y = np.concatenate([[0.0], hits / max(1, total)])
    area = float(np.trapezoid(y, x)) if total and others else float("nan")
    return Curve(x, y, np.concatenate([[np.inf], threshold]), area)


def precision_recall(score: np.ndarray, positive: np.ndarray) -> Curve:
    """Precision against recall of scores (N,) for the faces that are `positive`, bool (N,), recall rising; area is
    average precision, sum_n (R_n - R_{n-1}) P_n."""
    positive = np.asarray(positive, bool)
    threshold, last, hits = _falling(score, positive.astype(np.float64))
    total = positive.sum()
    recall, precision = hits / max(1, total), hits / (last + 1)
    area = float((np.diff(recall, prepend=0) * precision).sum()) if total else float("nan")
    return Curve(recall, precision, threshold, area)


def top_ks(logits: np.ndarray, true: np.ndarray) -> np.ndarray:
    """float64 (C,): share of faces whose class is among the 1, 2, ... C largest logits (N, C)."""
    own = logits[np.arange(len(true)), true][:, None]
    ahead = (logits > own).sum(1) + ((logits == own) & (np.arange(logits.shape[1]) < true[:, None])).sum(1)
    return np.cumsum(np.bincount(ahead, minlength=logits.shape[1])) / len(true)


def thinned(points: int, most: int = 400) -> np.ndarray:
    """int (<= most,): evenly spaced of `points` points, the first and the last among them, for a drawing."""
    return np.unique(np.linspace(0, points - 1, min(points, most)).round().astype(np.int64))


def _falling(score: np.ndarray, hit: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Distinct scores (M,), highest first; the place of the last face that reaches each, and the hits up to it."""
    order = np.argsort(-np.asarray(score), kind="stable")
    ordered = np.asarray(score)[order]
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    return ordered[last].astype(np.float64), last, np.cumsum(hit[order])[last]
