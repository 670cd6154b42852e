"""What is wrong with an image, in words: dark, bright, low contrast, blurred, odd, not a face.

    found = issues(faces, properties(faces.images))      # bool columns as in ISSUES
    found["blurred"].sum()

CleanVision 0.3.7 looks for the first four too. It opens images one by one from files or a Hugging Face dataset, starts
processes, and its thresholds are made for photographs: its blur score counts pixels per gray value, so that every face
of 48 x 48 pixels is blurred to it. The thresholds here stand on FER2013, looked at from both sides of each.
"""

import numpy as np
import pandas as pd

from ferkit.audit.gray import resized
from ferkit.data.faces import Faces

__all__ = ["issues", "oddness"]

DARK, BRIGHT = 0.2, 0.8  # mean gray value
LOW_CONTRAST = 0.08  # standard deviation of the gray values
BLURRED = 0.2  # sharpness
DEVIATIONS = 3.0  # robust standard deviations from the median: odd above, not a face below
NOT_A_FACE = ("nf", "not a face", "no face")  # what voters choose
HALF = 0.5  # of the votes
SIDE = 24  # pixels a side at which faces are compared
COMPONENTS = 50


def issues(faces: Faces, properties: pd.DataFrame) -> pd.DataFrame:
    """bool columns as in `ISSUES`, a row per face; `properties` as `ferkit.audit.properties` computes them."""
    return pd.DataFrame({
        "dark": properties["brightness"] < DARK,
        "bright": properties["brightness"] > BRIGHT,
        "low contrast": properties["contrast"] < LOW_CONTRAST,
        "blurred": (properties["sharpness"] < BLURRED) & (properties["contrast"] > 0),
        "odd": _deviations(oddness(faces.images)) > DEVIATIONS,
        "not a face": _not_a_face(faces, properties["likeness"].to_numpy()),
    })  # fmt: skip


def oddness(images: np.ndarray) -> np.ndarray:
    """How unlike the other faces each one is, by its pixels: float64 (N,), a logarithm.

    At 24 x 24 gray values x: log(sum_k (v_k · x)² / λ_k + |rest|² / λ_rest) over the first 50 principal components v_k
    with variances λ_k; the mean is subtracted, and the rest is what they leave.
    """
    rows = resized(images, SIDE).reshape(len(images), -1).astype(np.float64) / 255
    if len(rows) < 2:
        return np.zeros(len(rows))
    rows = rows - rows.mean(0)
    variance, axes = np.linalg.eigh(rows.T @ rows / len(rows))
    variance, axes = np.maximum(variance[::-1], 1e-6), axes[:, ::-1]
    count = min(COMPONENTS, len(rows) // 4)  # fewer faces do not say more
    inside = rows @ axes[:, :count]
    rest = np.maximum((rows * rows).sum(1) - (inside * inside).sum(1), 0)
    return np.log((inside * inside / variance[:count]).sum(1) + rest / variance[count:].mean() + 1e-9)


def _deviations(values: np.ndarray) -> np.ndarray:
    """Distance from the median by 1.4826 times the median absolute deviation; 0 where all are equal."""
    off = values - np.median(values) if len(values) else values
    scale = 1.4826 * np.median(np.abs(off)) if len(values) else 1.0
    return off / scale if scale > 0 else np.zeros(len(values))


def _not_a_face(faces: Faces, likeness: np.ndarray) -> np.ndarray:
    unlike = _deviations(likeness) < -DEVIATIONS
    column = next((i for i, name in enumerate(faces.vote_names) if name.strip().casefold() in NOT_A_FACE), None)
    if faces.votes is None or column is None:
        return unlike
    votes = faces.votes.astype(np.int64)
    total = votes.sum(1)
    return np.where(total > 0, votes[:, column] >= HALF * total, unlike)
