"""Faces unlike those a network was trained on, by the distance of their features.

    found = outliers(features, labels, train)     # features of all faces, which of them are training faces
    found.distance, found.far                     # how far from the training faces; further than nearly all of them are

Sun et al. 2022, Out-of-Distribution Detection with Deep Nearest Neighbors, arXiv:2204.06507.
"""

from dataclasses import dataclass

import numpy as np

from ferkit.embed.neighbours import nearest
from ferkit.errors import DataError

__all__ = ["NEIGHBOURS", "QUANTILE", "Outliers", "outliers"]

NEIGHBOURS = 10
QUANTILE = 0.99  # of the training faces' own distances, beyond which a face is far from them


@dataclass(frozen=True, eq=False)
class Outliers:
    """How far each of N faces is from the training faces."""

    distance: np.ndarray  # float32 (N,): mean of 1 - cosine to the nearest training faces, in [0, 2]
    own_class: np.ndarray  # float32 (N,): the same to those of the face's class; nan where there is no other
    rank: np.ndarray  # int (N,): 0 for the most distant
    threshold: float  # the 0.99 quantile of the training faces' distances, each without itself
    far: np.ndarray  # bool (N,): more distant than the threshold


def outliers(
    features: np.ndarray,
    labels: np.ndarray,
    train: np.ndarray | None = None,
    k: int = NEIGHBOURS,
    quantile: float = QUANTILE,
) -> Outliers:
    """Distances of features (N, D) with labels (N,) to those of the training faces, bool (N,) `train`; to all faces
    where it is None. A training face is no neighbour of its own.

    k: nearest training faces that count. quantile: of `threshold`, in (0, 1). Raises DataError where the lengths differ
    or fewer than two are training faces.
    """
    train = np.ones(len(features), bool) if train is None else train
    if not len(features) == len(labels) == len(train):
        raise DataError(f"Expected one label for each of {len(features):,} rows of features; got {len(labels):,}.")
    if train.sum() < 2:
        raise DataError(f"Distances need at least two training faces; got {int(train.sum())}.")
    rows = np.arange(len(features))
    distance = _distances(features, rows, np.flatnonzero(train), k)
    own = np.full(len(features), np.nan, np.float32)
    for label in np.unique(labels):
        others = np.flatnonzero(train & (labels == label))
        if len(others) > 1:
            queries = np.flatnonzero(labels == label)
            own[queries] = _distances(features, queries, others, k)
    rank = np.empty(len(features), np.int64)
    rank[np.argsort(-distance, kind="stable")] = rows
    threshold = float(np.quantile(distance[train], quantile))
    return Outliers(distance, own, rank, threshold, distance > threshold)


def _distances(features: np.ndarray, queries: np.ndarray, train: np.ndarray, k: int) -> np.ndarray:
    """Mean 1 - cosine of each query to its k nearest of the training rows, itself left out: float32 (M,)."""
    k = min(k, len(train) - 1)
    found, cosine = nearest(features[train], features[queries], k + 1)
    itself = train[found] == queries[:, None]
    drop = np.where(itself.any(1), itself.argmax(1), k)  # the most distant where the query is no training face
    keep = np.arange(k + 1)[None] != drop[:, None]
    return (1 - cosine[keep].reshape(len(queries), k).astype(np.float64)).mean(1).astype(np.float32)
