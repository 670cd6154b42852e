"""Maps of single faces averaged over groups of them: by prediction, by label, right and wrong apart, per confusion."""

from collections.abc import Mapping

import numpy as np

from ferkit.explain.stored import GROUPS

__all__ = ["cells", "means"]

FEWEST = 5  # faces of a confusion for a mean map


def means(
    maps: Mapping[str, np.ndarray], true: np.ndarray, predicted: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """Of maps (N, h, w) for each face's "label" and for what it is "predicted" as: the mean per group of `GROUPS` and
    class, float16 (G, C, h, w), zeros where there is no face; and how many faces, int32 (G, C)."""
    right = true == predicted
    kept = {"": np.ones(len(true), bool), "right": right, "wrong": ~right}
    target = {"label": true, "predicted": predicted}
    found, counts = [], []
    for of, outcome in GROUPS:
        rows = [np.flatnonzero(kept[outcome] & (target[of] == c)) for c in range(classes)]
        found.append([maps[of][part].mean(0) if len(part) else np.zeros(maps[of].shape[1:]) for part in rows])
        counts.append([len(part) for part in rows])
    return np.array(found).astype(np.float16), np.array(counts, np.int32)


def cells(maps: np.ndarray, true: np.ndarray, predicted: np.ndarray) -> dict[str, np.ndarray]:
    """`cells` float16 (M, h, w): the mean of maps (N, h, w) over each confusion with at least `FEWEST` faces; `cell`
    int32 (M, 3): its label, its prediction, its faces."""
    pairs, counts = np.unique(np.stack([true, predicted], 1)[true != predicted], axis=0, return_counts=True)
    kept = [(t, p, n) for (t, p), n in zip(pairs, counts, strict=True) if n >= FEWEST]
    found = [maps[(true == t) & (predicted == p)].mean(0) for t, p, _ in kept]
    return {
        "cells": np.array(found).reshape(-1, *maps.shape[1:]).astype(np.float16),
        "cell": np.array(kept, np.int32).reshape(-1, 3),
    }
