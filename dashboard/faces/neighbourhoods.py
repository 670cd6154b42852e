"""Which emotions a network separates, and which it mixes: the labels of a face's nearest neighbours."""

import numpy as np

from dashboard.words import percent, plain
from ferkit.embed.neighbours import nearest

__all__ = ["NEAREST", "mixing", "sentence"]

NEAREST = 10  # neighbours of each face
SAMPLED = 150  # faces of each class, drawn at random: enough for a percent, quick on any split


def mixing(features: np.ndarray, labels: np.ndarray, classes: int, seed: int = 0) -> np.ndarray:
    """float (C, C): row i is how the nearest neighbours of a face of class i are labelled, in shares; nan without a
    face."""
    rng = np.random.default_rng(seed)
    sampled = np.concatenate([rng.permutation(np.flatnonzero(labels == c))[:SAMPLED] for c in range(classes)])
    neighbours = nearest(features, features[sampled], NEAREST + 1)[0]
    table = np.zeros((classes, classes))
    for row, face in zip(neighbours, sampled, strict=True):
        np.add.at(table[labels[face]], labels[row[row != face][:NEAREST]], 1)
    total = table.sum(1, keepdims=True)
    return np.divide(table, total, out=np.full_like(table, np.nan), where=total > 0)


def sentence(table: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence in Markdown on a table of `mixing`: the class separated best, the one mixed most, and with which
    other."""
    same = np.diagonal(table)
    if np.isnan(same).all():
        return ""
    best, worst = int(np.nanargmax(same)), int(np.nanargmin(same))
    others = table[worst].copy()
    others[worst] = -1
    other = int(others.argmax())
    return (
        f"{plain(classes[best])} is separated best: {percent(same[best], 0)} of the {NEAREST} nearest neighbours of "
        f"its faces have the same label. {plain(classes[worst])} is mixed most: {percent(same[worst], 0)} have the "
        f"same label, {percent(table[worst, other], 0)} are {plain(classes[other])}."
    )
