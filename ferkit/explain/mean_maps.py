"""Mean heat maps per class, as `<split>-cams.npz` of a run folder holds them."""

import numpy as np

__all__ = ["mean_maps"]


def mean_maps(
    images: np.ndarray, true: np.ndarray, predicted: np.ndarray, maps: np.ndarray, true_maps: np.ndarray, classes: int
) -> dict[str, np.ndarray]:
    """Means per class c over N faces; a class without faces has a zero map and a count of 0.

    `images` uint8 (N, H, W[, 3]); `true`, `predicted` class indices (N,); `maps` and `true_maps` (N, h, w) in [0, 1],
    the Grad-CAM of the predicted and of the true class. Gives float16 (C, h, w), counts int32 (C,), faces uint8 (C, H,
    W[, 3]):

    - `right`, `right_n`: map of c, over faces of c that were predicted as c
    - `wrong`, `wrong_n`: map of c, over faces of c that were predicted as something else
    - `predicted`, `predicted_n`: map of c, over faces predicted as c, whatever they are
    - `faces`: the mean face of c
    """
    right = true == predicted
    groups = {
        "right": (true_maps, true, right),
        "wrong": (true_maps, true, ~right),
        "predicted": (maps, predicted, np.ones_like(right)),
    }
    table: dict[str, np.ndarray] = {}
    for name, (source, label, counted) in groups.items():
        chosen = [counted & (label == c) for c in range(classes)]
        table[name] = np.stack([_mean(source, rows) for rows in chosen]).astype(np.float16)
        table[f"{name}_n"] = np.array([rows.sum() for rows in chosen], np.int32)
    table["faces"] = np.rint([_mean(images, true == c) for c in range(classes)]).astype(np.uint8)
    return table


def _mean(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Mean over the chosen rows, float32; zeros where there is none."""
    return values[rows].mean(0, dtype=np.float32) if rows.any() else np.zeros(values.shape[1:], np.float32)
