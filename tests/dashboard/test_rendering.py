"""A reading drawn for the page."""

import cv2
import numpy as np
import pytest

from dashboard.camera.rendering import STEP, render
from ferkit.faces import Box
from ferkit.predict.photo import FaceReading, PhotoReading

CLASSES = ("calm", "cross")
COLOURS = {"calm": "#00ff00", "cross": "#ff0000"}


def reading(image: np.ndarray, box: Box) -> PhotoReading:
    face = FaceReading(box, CLASSES, np.array([0.9, 0.1]), np.zeros((48, 48), np.uint8))
    return PhotoReading(image.shape[1], image.shape[0], (face,), "detected", 0.05, "fixed")


def test_the_box_is_where_the_face_is_in_the_reduced_photo() -> None:
    large = np.full((1920, 1920, 3), 128, np.uint8)
    rendering = render(large, reading(large, Box(600, 600, 400, 400, 1.0)), COLOURS)
    shown = cv2.imdecode(np.frombuffer(rendering.jpeg, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].astype(int)
    assert (rendering.height, rendering.width) == (1280, 1280) == shown.shape[:2]
    green = (shown[..., 1] > 200) & (shown[..., 0] < 90) & (shown[..., 2] < 90)
    green[:390] = False  # the edge of the name
    rows, columns = np.flatnonzero(green.any(1)), np.flatnonzero(green.any(0))
    assert (rows[0], columns[0]) == pytest.approx((400, 400), abs=6)
    assert (rows[-1], columns[-1]) == pytest.approx((666, 666), abs=6)
    assert (large == 128).all()


def test_the_strip_shows_each_step() -> None:
    image = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)
    (strip,) = render(image, reading(image, Box(10, 10, 40, 60, 1.0)), COLOURS).strips
    assert strip.steps == ("box", "square crop with margin", "gray", "48×48")
    assert strip.image.shape[0] == STEP and strip.image.shape[2] == 4


def test_a_photo_without_a_face_is_shown_as_it_is() -> None:
    image = np.full((90, 120, 3), 77, np.uint8)
    rendering = render(image, PhotoReading(120, 90, (), "detected", 0.05, "fixed"), COLOURS)
    assert rendering.strips == () and (rendering.width, rendering.height) == (120, 90)
