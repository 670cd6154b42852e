"""Boxes, names and bars over an image."""

import numpy as np
import pytest

from ferkit.faces import Box
from ferkit.predict.drawing import draw_boxes, draw_faces
from ferkit.predict.photo import FaceReading

CLASSES = ("calm", "Überrascht", "cross")
COLOURS = {"calm": "#10c020", "Überrascht": "#2040f0", "cross": "#e01010"}


def count(rgb: np.ndarray, colour: str) -> int:
    return int((rgb == np.frombuffer(bytes.fromhex(colour[1:]), np.uint8)).all(-1).sum())


def face(label: str, x: int = 0, side: int = 200) -> FaceReading:
    return FaceReading(Box(x, 100, side, side, 1.0), CLASSES, np.where(np.array(CLASSES) == label, 0.8, 0.1))


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        ((240, 320, 3), Box(0, 0, 320, 240, 1)),
        ((48, 48, 3), Box(0, 0, 48, 48, 1)),
        ((480, 640, 3), Box(600, 440, 40, 40, 1)),
        ((3000, 4000, 3), Box(0, 2000, 900, 1000, 1)),
    ],
    ids=str,
)
def test_any_size_and_place_can_be_drawn(shape: tuple[int, ...], box: Box) -> None:
    rgb = np.full(shape, 128, np.uint8)
    draw_faces(rgb, [FaceReading(box, CLASSES, np.array([0.1, 0.0, 0.9]))], COLOURS)
    assert count(rgb, COLOURS["cross"])


def test_numbered_boxes_lose_their_names_where_there_is_no_room() -> None:
    wide, crowded = np.full((480, 900, 3), 128, np.uint8), np.full((480, 900, 3), 128, np.uint8)
    draw_boxes(wide, [face("calm"), face("cross", 400)], COLOURS)
    draw_boxes(crowded, [face("calm", 100 * i, 18) for i in range(8)], COLOURS)
    assert count(wide, COLOURS["calm"]) and count(wide, COLOURS["cross"])
    names, number = ((image[76] == 32).all(-1).sum() / n for image, n in ((wide, 2), (crowded, 8)))  # width of the dark
    assert names > 2 * number > 0
