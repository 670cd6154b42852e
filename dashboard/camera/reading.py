"""A photo read: every face found, what the network sees of it, what it says, and where it looks. Arrays in and out, no
Streamlit."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ferkit import metrics
from ferkit.explain.overlay import overlay
from ferkit.faces import Box, strip
from ferkit.images import reduce
from ferkit.predict.drawing import FaceReading, draw_boxes

if TYPE_CHECKING:
    from ferkit.predict.classifier import Classifier

__all__ = ["PhotoReading", "SeenFace", "read", "whole_box"]

SHOWN = 1280  # pixels: the longer side of the picture as shown
STEP, ARROW = 132, 26  # pixels: a picture of the strip, and the room for the arrow between two
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 88]
GRAY = (128, 134, 150, 255)  # of the arrows, seen on light and on dark


@dataclass(frozen=True, eq=False)
class SeenFace:
    """One face of a photo."""

    reading: FaceReading
    probabilities: np.ndarray  # float (C,)
    steps: tuple[str, ...]  # what the strip shows, left to right
    strip: np.ndarray  # uint8 RGBA: from the box to what the network sees, and its Grad-CAM


@dataclass(frozen=True, eq=False)
class PhotoReading:
    """What a network says of a photo."""

    shown: bytes  # JPEG with numbered boxes
    size: tuple[int, int]  # width and height of `shown`
    faces: tuple[SeenFace, ...]  # in the order of the boxes


def whole_box(rgb: np.ndarray) -> Box:
    """The largest square in the middle of a picture, as if it were a face's box."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    return Box((width - side) // 2, (height - side) // 2, side, side, 0.0)


def read(
    rgb: np.ndarray, boxes: list[Box], classifier: "Classifier", colours: Mapping[str, str], margin: float
) -> PhotoReading:
    """Classify and explain each box of uint8 RGB (H, W, 3), all in one pass. Raises DataError where the network cannot
    take them."""
    if not boxes:
        return _drawn(rgb, (), colours)
    steps = [strip(rgb, box, classifier.input.size, classifier.input.channels, margin) for box in boxes]
    analysis = classifier.analyse(np.stack([one[-1][1] for one in steps]))
    faces = []
    for box, one, row, heat in zip(
        boxes, steps, metrics.softmax(analysis.logits, classifier.temperature), analysis.maps, strict=True
    ):
        emotion = classifier.classes[int(row.argmax())]
        reading = FaceReading(box, emotion, dict(zip(classifier.classes, row.tolist(), strict=True)))
        explained = (
            f"Grad-CAM for {emotion}",
            overlay(cv2.resize(one[1][1], (STEP, STEP), interpolation=cv2.INTER_AREA), heat),
        )
        shown = [*one, explained]
        faces.append(
            SeenFace(reading, row, tuple(name for name, _ in shown), _strip([picture for _, picture in shown]))
        )
    return _drawn(rgb, tuple(faces), colours)


def _drawn(rgb: np.ndarray, faces: tuple[SeenFace, ...], colours: Mapping[str, str]) -> PhotoReading:
    shown = reduce(rgb, SHOWN).copy()
    scale = shown.shape[1] / rgb.shape[1]
    draw_boxes(shown, [_scaled(face.reading, scale) for face in faces], colours)
    content = cv2.imencode(".jpg", cv2.cvtColor(shown, cv2.COLOR_RGB2BGR), QUALITY)[1].tobytes()
    return PhotoReading(content, (shown.shape[1], shown.shape[0]), faces)


def _scaled(reading: FaceReading, scale: float) -> FaceReading:
    box = reading.box
    x, y, w, h = (round(value * scale) for value in (box.x, box.y, box.w, box.h))
    small = Box(x, y, max(1, w), max(1, h), box.score)
    return FaceReading(small, reading.emotion, reading.probabilities)


def _strip(pictures: list[np.ndarray]) -> np.ndarray:
    """Pictures side by side, an arrow from each to the next, on nothing: uint8 RGBA (STEP, width, 4)."""
    wide = STEP + ARROW
    sheet = np.zeros((STEP, len(pictures) * wide - ARROW, 4), np.uint8)
    for i, picture in enumerate(pictures):
        if i:
            tip, middle = (i * wide - 5, STEP // 2), (i * wide - ARROW + 5, STEP // 2)
            cv2.arrowedLine(sheet, middle, tip, GRAY, 2, cv2.LINE_AA, tipLength=0.45)
        _paste(sheet, picture, i * wide)
    return sheet


def _paste(sheet: np.ndarray, picture: np.ndarray, left: int) -> None:
    """A picture, enlarged or reduced to fit a square of the sheet, its shape kept."""
    scale = STEP / max(picture.shape[:2])
    width, height = (max(1, round(side * scale)) for side in (picture.shape[1], picture.shape[0]))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST if picture.shape[0] <= STEP // 2 else cv2.INTER_CUBIC
    fitted = cv2.resize(picture, (width, height), interpolation=how)
    fitted = fitted if fitted.ndim == 3 else cv2.cvtColor(fitted, cv2.COLOR_GRAY2RGB)
    top, start = (STEP - height) // 2, left + (STEP - width) // 2
    sheet[top : top + height, start : start + width, :3] = fitted
    sheet[top : top + height, start : start + width, 3] = 255
