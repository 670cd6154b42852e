"""Where in the face a heat map lies."""

import numpy as np

__all__ = ["thirds"]


def thirds(maps: np.ndarray) -> np.ndarray:
    """Heat maps (N, h, w), none negative -> the share of each map's heat in the upper, middle and lower third of the
    face: (N, 3).

    A row that lies across a border is divided between its neighbours; a map without heat has three zeros.
    """
    height = maps.shape[1]
    edges = 3 * np.arange(height + 1) / height  # of the rows, in thirds
    third = np.arange(3)[:, None]
    share = (
        np.clip(np.minimum(edges[1:], third + 1) - np.maximum(edges[:-1], third), 0, None) * height / 3
    )  # (3, h), each column sums to 1
    heat = maps.astype(np.float64).sum(2) @ share.T
    total = heat.sum(1, keepdims=True)
    return np.divide(heat, total, out=np.zeros_like(heat), where=total > 0)
