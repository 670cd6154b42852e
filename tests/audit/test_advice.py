"""Advice on a face: each fault is named, an ordinary face is left alone."""

import cv2
import numpy as np
import pytest
from skimage import data

from ferkit.audit.advice import LIMITS, advise
from ferkit.audit.mean_face import MeanFace, flatten
from ferkit.faces import Box, square_crop, to_network
from ferkit.predict import FaceReading

BOX = Box(170, 60, 110, 110, 1.0)
FACE = to_network(square_crop(data.astronaut(), BOX), 48, 1)


def reading(crop: np.ndarray | None, box: Box = BOX) -> FaceReading:
    return FaceReading(box, ("calm", "cross"), np.array([0.4, 0.6]), crop)


def scaled(share: float, shift: float = 0.0) -> np.ndarray:
    return np.clip(FACE * share + shift, 0, 255).astype(np.uint8)


def side_lit(left: float, right: float) -> np.ndarray:
    return np.clip(FACE * np.linspace(left, right, 48), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("crop", "words"),
    [
        (scaled(0.2), "too dark"),
        (scaled(0.3, 175), "too bright"),
        (scaled(0.1, 110), "hardly any contrast"),
        (cv2.GaussianBlur(FACE, (0, 0), 4), "blurred"),
        (side_lit(2.2, 0.0), "lit from the left alone"),
        (side_lit(0.0, 2.2), "lit from the right alone"),
    ],
    ids=["dark", "bright", "flat", "blurred", "left", "right"],
)
def test_each_fault_is_named_with_what_to_do(crop: np.ndarray, words: str) -> None:
    found = advise(reading(crop))
    assert any(sentence.startswith(f"{words}: ") for sentence in found), found


def test_an_ordinary_face_needs_no_advice() -> None:
    assert advise(reading(FACE)) == () and advise(reading(np.repeat(FACE[..., None], 3, 2))) == ()
    assert advise(reading(None)) == ()


def test_a_face_of_twelve_pixels_is_too_small_and_nothing_else_is_said() -> None:
    assert advise(reading(scaled(0.1), Box(0, 0, 9, 12, 1.0))) == (
        "too small (12 pixels): come closer, or take a larger photo",
    )
    assert advise(reading(FACE, Box(0, 0, 9, 13, 1.0))) == ()


@pytest.mark.parametrize("angle", [-40, 40])
def test_a_tilted_head_is_named(angle: float) -> None:
    x, y = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    landmarks = ((100.0, 100.0), (100 + 40 * x, 100 + 40 * y), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))
    assert advise(reading(FACE, Box(80, 80, 80, 80, 1.0, landmarks))) == ("head tilted: hold it upright",)


def test_what_is_unlike_the_mean_face_is_named() -> None:
    mean = MeanFace(flatten(FACE[None])[0])
    covered = np.full((48, 48), 90, np.uint8)
    covered[::4] = 200  # a louvre in front of it
    assert advise(reading(FACE), mean) == ()
    assert any(sentence.startswith("partly covered") for sentence in advise(reading(covered), mean))


def test_limits_are_ranges() -> None:
    assert all(low < high for low, high in LIMITS.values())
