"""Which classes a network separates and which it mixes: the labels of each face's nearest neighbours."""

import numpy as np

from ferkit.embed.neighbours import nearest

__all__ = ["EXACT", "NEAREST", "SAMPLED", "mixing", "near_classes"]

NEAREST = 10  # neighbours of each face
EXACT = 4000  # faces of which each is asked for its neighbours, in a tenth of a second; of more, a sample is
SAMPLED = 150  # faces of each class, drawn at random: a share is known to about three points


def mixing(features: np.ndarray, labels: np.ndarray, classes: int, seed: int = 0) -> np.ndarray:
    """float (C, C): row i is how the `NEAREST` neighbours of a face of class i are labelled, in shares; nan without a
    face.

    `features` (N, D), `labels` (N,) in [0, C). Of more than `EXACT` faces estimated on `SAMPLED` faces of each class,
    all of which have all N for neighbours.
    """
    rng = np.random.default_rng(seed)
    most = len(features) if len(features) <= EXACT else SAMPLED
    sampled = np.concatenate([rng.permutation(np.flatnonzero(labels == c))[:most] for c in range(classes)])
    shares = near_classes(features, labels, classes, sampled)
    sums = np.zeros((classes, classes))
    np.add.at(sums, labels[sampled], shares)
    faces = np.bincount(labels[sampled], minlength=classes)[:, None]
    sums[shares.sum() == 0] = np.nan  # a single face has no neighbour
    return np.divide(sums, faces, out=np.full_like(sums, np.nan), where=faces > 0)


def near_classes(features: np.ndarray, labels: np.ndarray, classes: int, rows: np.ndarray | None = None) -> np.ndarray:
    """float32 (M, C): of each face at `rows` (M,), all when None, the share of its `NEAREST` neighbours (itself left
    out) that each class labels; rows sum to 1."""
    chosen = np.arange(len(features)) if rows is None else rows
    neighbours = nearest(features, features[chosen], NEAREST + 1)[0]
    others = neighbours != chosen[:, None]
    others[:, -1] &= others[:, :-1].sum(1) < NEAREST  # where a duplicate pushed the face itself out of its list
    counts = np.zeros((len(chosen), classes), np.float32)
    for k in range(neighbours.shape[1]):
        np.add.at(counts, (np.flatnonzero(others[:, k]), labels[neighbours[others[:, k], k]]), 1)
    return counts / np.maximum(counts.sum(1, keepdims=True), 1)
