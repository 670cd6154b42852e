"""A reading drawn for the page: the photo with numbered boxes, and of each face the steps from its box to the
network's input.

Arrays in and out, no Streamlit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np

from ferkit.explain.overlay import overlay
from ferkit.faces import Box, crop_steps
from ferkit.images import reduce
from ferkit.predict.drawing import draw_boxes
from ferkit.predict.photo import FaceReading, PhotoReading

__all__ = ["Rendering", "Strip", "render"]

LONGEST = 1280  # pixels: the longer side of the photo as shown
STEP, ARROW = 132, 26  # pixels: an image of the strip, and the room for the arrow between two
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 88]
GRAY = (128, 134, 150, 255)  # of the arrows, seen on light and on dark


@dataclass(frozen=True, eq=False)
class Strip:
    """What happens to one face, left to right."""

    steps: tuple[str, ...]
    image: np.ndarray  # uint8 RGBA (STEP, width, 4)


@dataclass(frozen=True, eq=False)
class Rendering:
    """A photo and its faces, ready to be shown."""

    jpeg: bytes  # with numbered boxes, reduced
    width: int
    height: int
    strips: tuple[Strip, ...]  # one a face, in the order of the reading


def render(image: np.ndarray, reading: PhotoReading, colours: Mapping[str, str], *, mapped: bool = False) -> Rendering:
    """Draw what was read of uint8 RGB (H, W, 3); `colours` gives each class its `#rrggbb`. `mapped` ends each strip
    with the map of what is predicted, over the network's input."""
    shown = reduce(image, LONGEST).copy()
    scale = shown.shape[1] / image.shape[1]
    draw_boxes(shown, [_scaled(face, scale) for face in reading.faces], colours)
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), QUALITY)[1].tobytes()
    strips = tuple(_strip(image, face, reading.margin, mapped) for face in reading.faces)
    return Rendering(jpeg, shown.shape[1], shown.shape[0], strips)


def _scaled(face: FaceReading, scale: float) -> FaceReading:
    x, y, w, h = (round(value * scale) for value in (face.box.x, face.box.y, face.box.w, face.box.h))
    return replace(face, box=Box(x, y, max(1, w), max(1, h), face.box.score))


def _strip(image: np.ndarray, face: FaceReading, margin: float, mapped: bool) -> Strip:
    assert face.crop is not None
    channels = 1 if face.crop.ndim == 2 else 3
    steps = crop_steps(image, face.box, face.crop.shape[0], channels, margin)
    if mapped and face.heat is not None:
        steps.append((f"what speaks for {face.label} (Grad-CAM)", _heated(face.crop, face.heat)))
    return Strip(tuple(name for name, _ in steps), _side_by_side([step for _, step in steps]))


def _heated(crop: np.ndarray, heat: np.ndarray) -> np.ndarray:
    return overlay(cv2.resize(crop, (STEP, STEP), interpolation=cv2.INTER_NEAREST), heat)


def _side_by_side(images: list[np.ndarray]) -> np.ndarray:
    """Images in a row, an arrow from each to the next, on a transparent background: uint8 RGBA (STEP, width, 4)."""
    stride = STEP + ARROW
    sheet = np.zeros((STEP, len(images) * stride - ARROW, 4), np.uint8)
    for i, image in enumerate(images):
        if i:
            tip, start = (i * stride - 5, STEP // 2), (i * stride - ARROW + 5, STEP // 2)
            cv2.arrowedLine(sheet, start, tip, GRAY, 2, cv2.LINE_AA, tipLength=0.45)
        _paste(sheet, image, i * stride)
    return sheet


def _paste(sheet: np.ndarray, image: np.ndarray, left: int) -> None:
    """An image, enlarged or reduced to fit a square of the sheet, with its aspect ratio."""
    scale = STEP / max(image.shape[:2])
    width, height = (max(1, round(side * scale)) for side in (image.shape[1], image.shape[0]))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST if image.shape[0] <= STEP // 2 else cv2.INTER_CUBIC
    fitted = cv2.resize(image, (width, height), interpolation=how)
    fitted = fitted if fitted.ndim == 3 else cv2.cvtColor(fitted, cv2.COLOR_GRAY2RGB)
    top, start = (STEP - height) // 2, left + (STEP - width) // 2
    sheet[top : top + height, start : start + width, :3] = fitted
    sheet[top : top + height, start : start + width, 3] = 255
