"""Faces that come back: the most alike first, never two of one moment."""

import numpy as np
import pytest
from skimage import data

from ferkit.faces import Box
from ferkit.predict.same_face import Stretch, looks, same_faces

RNG = np.random.default_rng(0)
ONE, TWO = (
    looks(RNG.integers(0, 256, (60, 60, 3), dtype=np.uint8) // shade, Box(20, 20, 20, 20, 1.0)) for shade in (1, 3)
)


def stretch(begin: float, end: float, of: np.ndarray) -> Stretch:
    return Stretch(begin, end, of)


def test_a_face_that_comes_back_is_the_same() -> None:
    got = same_faces([stretch(0, 1, ONE), stretch(0, 5, TWO), stretch(3, 4, ONE), stretch(6, 7, TWO)])
    assert got == [0, 1, 0, 1]


def test_two_that_are_there_at_once_are_two_however_alike() -> None:
    assert same_faces([stretch(0, 3, ONE), stretch(2, 4, ONE)]) == [0, 1]
    assert same_faces([stretch(0, 3, ONE), stretch(4, 6, ONE), stretch(5, 7, ONE)]) == [0, 0, 1]


def test_faces_are_numbered_by_their_first_stretch() -> None:
    assert same_faces([stretch(5, 6, ONE), stretch(0, 1, TWO)]) == [1, 0]
    assert same_faces([]) == [] and same_faces([stretch(0, 1, ONE)]) == [0]


@pytest.mark.parametrize("change", ["smaller", "darker", "shifted"])
def test_looks_survive_what_a_video_does_to_a_face(change: str) -> None:
    photo, box = data.astronaut(), Box(170, 60, 110, 110, 1.0)
    before, after = (
        looks(photo, box),
        {
            "smaller": lambda: looks(np.ascontiguousarray(photo[::2, ::2]), Box(85, 30, 55, 55, 1.0)),
            "darker": lambda: looks((photo * 0.85).astype(np.uint8), box),
            "shifted": lambda: looks(photo, Box(175, 57, 112, 112, 1.0)),
        }[change](),
    )
    assert same_faces([stretch(0, 1, before), stretch(2, 3, after)]) == [0, 0]
