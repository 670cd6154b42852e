"""From a face's box to what a network reads, and the steps between for the eye."""

import cv2
import numpy as np

from ferkit.errors import ConfigError
from ferkit.faces.detect import Box

__all__ = ["MARGIN", "square_crop", "strip", "to_network"]

MARGIN = 0.05  # of the box's longer side, both edges together: cuts as tightly as FER2013 is cut, where networks trained on it read best


def square_crop(image: np.ndarray, box: Box, margin: float = MARGIN) -> np.ndarray:
    """The square around the box's centre, `1 + margin` times its longer side; beyond the picture its edge is repeated.

    (H, W) or (H, W, 3) -> (side, side) or (side, side, 3), pixels as they were: nothing is stretched.
    """
    side = max(1, round(max(box.w, box.h) * (1 + margin)))
    left, top = round(box.x + (box.w - side) / 2), round(box.y + (box.h - side) / 2)
    height, width = image.shape[:2]
    if left >= 0 and top >= 0 and left + side <= width and top + side <= height:
        return image[top : top + side, left : left + side].copy()
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    return image.take(rows, 0).take(columns, 1)


def to_network(crop: np.ndarray, size: int, channels: int) -> np.ndarray:
    """A square crop -> uint8 (size, size) gray for one channel, (size, size, 3) RGB for three. Raises ConfigError for
    other channels."""
    if channels not in (1, 3):
        raise ConfigError(f"Expected a network of 1 or 3 channels, got {channels}. Choose another run.")
    if channels == 1:
        crop = _gray(crop)
    elif crop.ndim == 2:
        crop = cv2.cvtColor(crop, cv2.COLOR_GRAY2RGB)
    shrinks = crop.shape[0] >= size
    return cv2.resize(crop, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)


def strip(
    image: np.ndarray, box: Box, size: int, channels: int, margin: float = MARGIN
) -> list[tuple[str, np.ndarray]]:
    """What the network sees, step by step: a name and a picture each; a network of three channels has no gray step."""
    crop = square_crop(image, box, margin)
    steps = [("box", image[box.y : box.y + box.h, box.x : box.x + box.w].copy()), ("square crop with margin", crop)]
    if channels == 1:
        steps.append(("gray", _gray(crop)))
    return [*steps, (f"{size}×{size}", to_network(crop, size, channels))]


def _gray(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
