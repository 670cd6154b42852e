"""Crops of logged faces: none unless FERKIT_LOG_PICTURES says how many are kept; the oldest go first.

What is kept is the crop the network was given, as PNG, so that it comes back bit for bit. A face can be recognised on
it: keep as few as are needed, for as short as they are needed.
"""

import os

import cv2
import numpy as np

from ferkit.errors import ConfigError, MediaError
from ferkit.images import Limits, decode

__all__ = ["LARGEST", "MOST", "VARIABLE", "as_array", "as_png", "kept"]

VARIABLE = "FERKIT_LOG_PICTURES"
MOST = 100_000  # pictures: with 48 x 48 pixels 0.2 GB
LARGEST = 256 << 10  # bytes of one; 48 x 48 gray pixels take 2 kB
LIMITS = Limits("a logged face", megabytes=1, megapixels=1, longest=1024)


def kept() -> int:
    """How many pictures the log keeps; 0, which is none, where nobody asked for any.

    Raises ConfigError for anything but a whole number from 0 to `MOST`.
    """
    text = os.environ.get(VARIABLE, "").strip()
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > MOST:
        raise ConfigError(f"{VARIABLE} is how many face crops the log keeps, 0 to {MOST:,}; got {text[:40]!r}.")
    return int(text)


def as_png(crop: np.ndarray | None) -> bytes | None:
    """uint8 (H, W) gray or (H, W, 3) RGB as PNG; None where there is no crop, or it takes more than `LARGEST` bytes."""
    if crop is None:
        return None
    stored = cv2.cvtColor(crop, cv2.COLOR_RGB2BGR) if crop.ndim == 3 else crop
    content = bytes(cv2.imencode(".png", stored)[1])
    return content if len(content) <= LARGEST else None


def as_array(content: bytes) -> np.ndarray | None:
    """What `as_png` was given, uint8; None for bytes that are no such picture: anybody may write into a database."""
    try:
        return decode(content, LIMITS) if len(content) <= LARGEST else None
    except MediaError:
        return None
