"""Frames as a webcam sends them, and videos."""

from collections.abc import Iterable
from fractions import Fraction

import av
import cv2
import numpy as np
from skimage import data

from ferkit.videos import Writer

RATE = 20  # frames per second


def frame(rgb: np.ndarray) -> av.VideoFrame:
    made = av.VideoFrame.from_ndarray(rgb, format="rgb24")
    made.pts, made.time_base = 7, Fraction(1, 15)
    return made


def video(frames: Iterable[np.ndarray]) -> bytes:
    """An MP4 of uint8 RGB frames."""
    shown = list(frames)
    writer = Writer(shown[0].shape[1], shown[0].shape[0], RATE)
    for i, rgb in enumerate(shown):
        writer.write(i / RATE, rgb)
    return writer.close()


def astronaut() -> np.ndarray:
    """A photo with one face, 320 x 240."""
    return cv2.resize(data.astronaut()[:384], (320, 240), interpolation=cv2.INTER_AREA)


def astronaut_video(seconds: float) -> bytes:
    """The astronaut moving sideways."""
    return video(np.roll(astronaut(), 2 * i, axis=1) for i in range(round(seconds * RATE) + 1))
