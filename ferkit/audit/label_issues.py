"""Labels that may be wrong, by confident learning (Northcutt, Jiang and Chuang 2021, arXiv:1911.00068).

issues = find(labels, probabilities)  # of faces the network was not trained on
rank(labels, probabilities)[:100]  # the rows to look at first

Plain numpy, because pages compute it while a person waits: cleanlab imports scikit-learn, which takes a second, and
starts processes. The tests hold every function to cleanlab's result.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ferkit.errors import DataError

__all__ = [
    "RANKINGS", "Issues", "confident_joint", "find", "normalized_margin", "precision_at", "rank", "self_confidence",
    "thresholds",
]  # fmt: skip

CLOSE = 1e-6  # probabilities nearer than this are equal


@dataclass(frozen=True, eq=False)
class Issues:
    """What confident learning says of N faces."""

    suspect: np.ndarray  # bool (N,): the face is confidently of another class than its label
    suggestion: np.ndarray  # int64 (N,): that class where the label is suspect, else the label
    self_confidence: np.ndarray  # float64 (N,) in [0, 1]
    normalized_margin: np.ndarray  # float64 (N,) in [0, 1]
    joint: np.ndarray  # int64 (C, C): faces of each label (row) that are confidently of each class (column)


def self_confidence(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """p(label) of each face, float64 (N,) in [0, 1]: labels (N,), probabilities (N, C). Low where the label is
    doubtful. -log of it is the loss, so both rank faces alike."""
    return np.asarray(probabilities, np.float64)[np.arange(len(labels)), labels]


def normalized_margin(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """(p(label) - the largest p of another class + 1) / 2 of each face, float64 (N,) in [0, 1]; below 0.5 where another
    class is predicted."""
    others = np.array(probabilities, np.float64)
    others[np.arange(len(labels)), labels] = -np.inf
    return (self_confidence(labels, probabilities) - others.max(1) + 1) / 2


RANKINGS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "self-confidence": self_confidence,
    "normalized margin": normalized_margin,
}


def thresholds(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The mean p(c) over the faces labelled c, float64 (C,): from there on a face is confidently of c. 2, which no
    probability reaches, for a class without a face."""
    classes = probabilities.shape[1]
    count = np.bincount(labels, minlength=classes)
    total = np.bincount(labels, self_confidence(labels, probabilities), classes)
    return np.where(count > 0, np.maximum(total / np.maximum(count, 1), CLOSE), 2.0)


def _confident_class(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """int64 (N,): the class that a face is confidently of, the most probable one of several; -1 for none."""
    above = probabilities >= thresholds(labels, probabilities) - CLOSE
    several = above.sum(1) > 1
    return np.where(above.any(1), np.where(several, probabilities.argmax(1), above.argmax(1)), -1)


def confident_joint(labels: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """int64 (C, C): how many faces of each label (row) are confidently of each class (column)."""
    classes, confident = probabilities.shape[1], _confident_class(labels, probabilities)
    keep = confident >= 0
    return np.bincount(labels[keep] * classes + confident[keep], minlength=classes**2).reshape(classes, classes)


def find(labels: np.ndarray, probabilities: np.ndarray) -> Issues:
    """The faces whose label is probably wrong: those off the diagonal of the confident joint whose label is not the
    predicted class either.

    `labels` (N,) are class indices, `probabilities` (N, C) come from a network that was not trained on these faces.
    Raises DataError where they do not fit each other.
    """
    labels = np.asarray(labels, np.int64)
    if probabilities.ndim != 2 or len(labels) != len(probabilities) or not len(labels):
        raise DataError(
            f"Expected a label and a row of probabilities for each face, got {len(labels)} labels and an array of "
            f"shape {probabilities.shape}. Evaluate the run again."
        )
    confident, own = _confident_class(labels, probabilities), self_confidence(labels, probabilities)
    suspect = (confident >= 0) & (confident != labels) & (own < probabilities.max(1) - CLOSE)
    return Issues(
        suspect=suspect,
        suggestion=np.where(suspect, confident, labels),
        self_confidence=own,
        normalized_margin=normalized_margin(labels, probabilities),
        joint=confident_joint(labels, probabilities),
    )


def rank(labels: np.ndarray, probabilities: np.ndarray, by: str = "self-confidence") -> np.ndarray:
    """All rows, int64 (N,), the most doubtful label first: those that `find` suspects, then the others, each by one of
    `RANKINGS`."""
    score = RANKINGS[by](labels, probabilities)
    return np.lexsort((score, ~find(labels, probabilities).suspect))


def precision_at(ranking: np.ndarray, wrong: np.ndarray, k: int) -> float:
    """Share of the first `k` rows of a ranking whose label is `wrong`, bool (N,); in [0, 1]."""
    first = ranking[: max(1, k)]
    return float(wrong[first].mean()) if len(first) else 0.0
