"""Scenes: every face once, where it is said to be, the same faces in the same places at every roll."""

import numpy as np
import pytest

from ferkit.evaluate.scenes import FRAME, SIZES, scenes


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (30, 48, 48), dtype=np.uint8)


def test_every_face_is_pasted_once_and_within_the_frame(images: np.ndarray) -> None:
    made = list(scenes(images))
    assert [i for scene in made for i in scene.faces] == list(range(30))
    squares = [square for scene in made for square in scene.squares]
    assert all(SIZES[0] <= s.w == s.h <= SIZES[1] for s in squares)
    assert all(s.x >= 0 and s.y >= 0 and s.x + s.w <= FRAME[0] and s.y + s.h <= FRAME[1] for s in squares)
    assert all(scene.image.shape == (FRAME[1], FRAME[0], 3) and scene.image.dtype == np.uint8 for scene in made)


@pytest.mark.parametrize("colour", [False, True])
def test_a_face_lies_in_its_square(colour: bool) -> None:
    level = np.full((8, 24, 24, 3) if colour else (8, 24, 24), 250, np.uint8)
    level[1::2] = 3
    for scene in scenes(level):
        for i, s in zip(scene.faces, scene.squares, strict=True):
            assert (scene.image[s.y : s.y + s.h, s.x : s.x + s.w] == (3 if i % 2 else 250)).all()


def test_a_roll_turns_faces_and_nothing_else(images: np.ndarray) -> None:
    flat, turned, again = (list(scenes(images, roll=roll)) for roll in (0, 25, 25))
    for a, b, c in zip(flat, turned, again, strict=True):
        assert a.squares == b.squares and a.faces == b.faces
        assert (a.image != b.image).any() and (b.image == c.image).all()
        corner = a.image[0, 0].astype(int) - b.image[0, 0]
        near = any(s.x < 100 and s.y < 100 for s in a.squares)
        assert near or (corner == 0).all()


def test_another_seed_gives_other_places(images: np.ndarray) -> None:
    assert next(iter(scenes(images))).squares != next(iter(scenes(images, seed=1))).squares
