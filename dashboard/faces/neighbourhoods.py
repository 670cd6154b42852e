"""Which emotions a network keeps apart, and which it mixes: the labels of a face's nearest neighbours."""

import numpy as np

from dashboard.words import percent
from ferkit.embed.neighbours import nearest

__all__ = ["NEAREST", "mixing", "told"]

NEAREST = 10  # neighbours asked of each face
ASKED = 150  # faces of each class, drawn at random: enough for a percent, quick on any split


def mixing(features: np.ndarray, labels: np.ndarray, classes: int, seed: int = 0) -> np.ndarray:
    """float (C, C): row i is how the nearest neighbours of a face of class i are labelled, in shares; nan without a
    face."""
    rng = np.random.default_rng(seed)
    asked = np.concatenate([rng.permutation(np.flatnonzero(labels == c))[:ASKED] for c in range(classes)])
    found = nearest(features, features[asked], NEAREST + 1)[0]
    table = np.zeros((classes, classes))
    for row, own in zip(found, asked, strict=True):
        np.add.at(table[labels[own]], labels[row[row != own][:NEAREST]], 1)
    whole = table.sum(1, keepdims=True)
    return np.divide(table, whole, out=np.full_like(table, np.nan), where=whole > 0)


def told(table: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence on a table of `mixing`: the class kept apart best, and the one mixed most, and with what."""
    own = np.diagonal(table)
    if np.isnan(own).all():
        return ""
    best, worst = int(np.nanargmax(own)), int(np.nanargmin(own))
    others = table[worst].copy()
    others[worst] = -1
    with_ = int(others.argmax())
    return (
        f"{classes[best]} stands apart: {percent(own[best], 0)} of a {classes[best]} face's {NEAREST} nearest are {classes[best]} too. "
        f"{classes[worst]} mixes most: {percent(own[worst], 0)} are {classes[worst]}, {percent(table[worst, with_], 0)} {classes[with_]}."
    )
