"""From a face's box to what a network reads."""

import math

import cv2
import numpy as np

from ferkit.errors import ConfigError
from ferkit.faces.detect import Box
from ferkit.images import resize, rgb

__all__ = ["MARGIN", "UPRIGHT", "crop_steps", "landmarks_in", "roll", "square_crop", "to_network"]

# A share of the box's longer side, both edges together: YuNet's boxes reach further than the faces of FER2013, which
# networks trained on it read best.
MARGIN = -0.05
LEAST, MOST = -0.5, 2.0  # margins that are accepted
UPRIGHT = 10.0  # degrees of roll up to which a face is taken as it is


def square_crop(image: np.ndarray, box: Box, margin: float = MARGIN) -> np.ndarray:
    """The square around the box's centre, `1 + margin` times its longer side; beyond the image its edge is repeated.

    A face whose landmarks say that it is rolled by more than `UPRIGHT` degrees is turned upright about that centre.
    uint8 (H, W) or (H, W, 3) -> (side, side) or (side, side, 3); nothing is stretched. Raises ConfigError for a margin
    below -0.5 or above 2.
    """
    if not LEAST <= margin <= MOST:
        raise ConfigError(f"Expected a margin from {LEAST:g} to {MOST:g}, got {margin}. Choose one such as {MARGIN}.")
    left, top, side = _square(box, margin)
    if abs(roll(box)) > UPRIGHT:
        turn = _turn(box, left, top)
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(image, turn, (side, side), flags=how, borderMode=cv2.BORDER_REPLICATE)
    height, width = image.shape[:2]
    if left >= 0 and top >= 0 and left + side <= width and top + side <= height:
        return image[top : top + side, left : left + side].copy()
    rows = np.clip(np.arange(top, top + side), 0, height - 1)
    columns = np.clip(np.arange(left, left + side), 0, width - 1)
    return image.take(rows, 0).take(columns, 1)


def roll(box: Box) -> float:
    """How far the line through both eyes is turned from the horizontal, clockwise as seen, in degrees from -180 to 180;
    0 without landmarks."""
    if not box.landmarks:
        return 0.0
    (x0, y0), (x1, y1) = box.landmarks[:2]
    return math.degrees(math.atan2(y1 - y0, x1 - x0))


def landmarks_in(box: Box, margin: float, size: int) -> np.ndarray | None:
    """The landmarks of a face in its square crop of `size` pixels, float (5, 2): x, y; None where its detector gives
    none."""
    if not box.landmarks:
        return None
    left, top, side = _square(box, margin)
    places = np.array(box.landmarks) - (left, top)
    if abs(roll(box)) > UPRIGHT:
        turn = _turn(box, left, top)
        places = (np.array(box.landmarks) - 0.5 - turn[:, 2]) @ turn[:, :2] + 0.5  # a rotation: its transpose undoes it
    return places * (size / side)


def to_network(crop: np.ndarray, size: int, channels: int) -> np.ndarray:
    """A square crop, gray or RGB -> uint8 (size, size) for one channel, RGB (size, size, 3) for three.

    Colour becomes gray for a gray network, gray becomes three equal channels for a colour one. Raises ConfigError for
    other numbers of channels.
    """
    if channels not in (1, 3):
        raise ConfigError(f"Expected a network of 1 or 3 channels, got {channels}. Choose another run.")
    return resize(_gray(crop) if channels == 1 else rgb(crop), size, size)


def crop_steps(
    image: np.ndarray, box: Box, size: int, channels: int, margin: float = MARGIN
) -> list[tuple[str, np.ndarray]]:
    """What happens to a face, step by step, for the eye: a name and an image each; three channels have no gray step."""
    crop = square_crop(image, box, margin)
    steps = [("box", image[box.y : box.y + box.h, box.x : box.x + box.w].copy()), ("square crop with margin", crop)]
    if channels == 1:
        steps.append(("gray", _gray(crop)))
    return [*steps, (f"{size}×{size}", to_network(crop, size, channels))]


def _square(box: Box, margin: float) -> tuple[int, int, int]:
    """Left, top and side."""
    side = max(1, round(max(box.w, box.h) * (1 + margin)))
    return round(box.x + (box.w - side) / 2), round(box.y + (box.h - side) / 2), side


def _turn(box: Box, left: int, top: int) -> np.ndarray:
    """(2, 3): from a place in the upright crop to the place in the image, pixels counted from their centres."""
    angle = math.radians(roll(box))
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    centre = np.array([box.x + box.w / 2, box.y + box.h / 2]) - 0.5
    return np.column_stack([turn, centre - turn @ (centre - (left, top))])


def _gray(image: np.ndarray) -> np.ndarray:
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
