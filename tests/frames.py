"""Frames as a webcam sends them."""

from fractions import Fraction

import av
import numpy as np


def frame(rgb: np.ndarray) -> av.VideoFrame:
    made = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    made.pts, made.time_base = 7, Fraction(1, 15)
    return made
