"""Properties of every face, computed from its pixels alone: one number per face and property.

    table = properties(faces.images)      # columns as in MEANINGS, a row per face
    table["roll"]                         # degrees

A dataset of 32,000 faces of 48 x 48 pixels takes about 15 seconds on one core.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from ferkit.audit.columns import MEANINGS
from ferkit.audit.geometry import geometry
from ferkit.audit.mean_face import MeanFace, blocks, learn
from ferkit.audit.pixels import pixel_properties

__all__ = ["properties"]

Progress = Callable[[int, int], None]


def properties(images: np.ndarray, mean: MeanFace | None = None, progress: Progress | None = None) -> pd.DataFrame:
    """float32 columns, a row per image of uint8 (N, H, H[, 3]); their formulas stand at `pixel_properties` and
    `geometry`.

    mean: the mean face to measure by; that of these images by default, so that measures of two datasets compare only
    where both were given the same one. progress: called with (done, total).
    """
    if not len(images):
        return pd.DataFrame(columns=list(MEANINGS), dtype=np.float32)
    mean = mean or learn(images)
    parts = []
    for at in blocks(len(images)):
        part = images[at]
        parts.append(pd.DataFrame(pixel_properties(part) | geometry(part, mean, mean.align(part)), dtype=np.float32))
        if progress:
            progress(min(at.stop, len(images)), len(images))
    return pd.concat(parts, ignore_index=True)[list(MEANINGS)]
