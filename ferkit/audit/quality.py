"""What is wrong with an image, in words: dark, bright, low contrast, blurred, odd, not a face.

    found = issues(faces, properties(faces.images))      # bool columns as in ISSUES
    found["blurred"].sum()

CleanVision 0.3.7 looks for dark, bright and blurred images too, but takes Pillow images from files one by one, forks
(which nothing may do once torch runs), and its thresholds are made for photographs: of 2,000 faces of FER2013 it calls
2 dark, none bright and 27 blurred. The thresholds here were set by looking at FER2013's faces on both sides of each.
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
    """How unlike the other faces each one is, by its pixels: float64 (N,), a logarithm; 0 where all are equal.

    log(1/K sum_k ((c_k - m_k) / s_k)²) over the K = 575 frequencies c_k of the discrete cosine transform of 24 x 24
    gray values, with the median m_k of all faces and 1.4826 times the median absolute deviation s_k: a Mahalanobis
    distance, as frequencies of faces are nearly uncorrelated, that odd faces cannot widen.
    """
    place = np.arange(SIDE)
    basis = np.cos(np.pi * (place + 0.5) * place[:, None] / SIDE)
    rows = (basis @ resized(images, SIDE) @ basis.T).reshape(len(images), SIDE**2)[:, 1:]
    if not len(rows):
        return np.zeros(0)
    rows = rows - np.median(rows, 0)
    spread = 1.4826 * np.median(np.abs(rows), 0)
    used = spread > 0
    return np.log(((rows[:, used] / spread[used]) ** 2).mean(1) + 1e-9) if used.any() else np.zeros(len(rows))


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
