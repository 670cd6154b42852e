"""Corruptions: each does what its name says, to gray and colour, and more of it at a higher strength."""

import numpy as np
import pytest

from ferkit.evaluate import corruption
from ferkit.evaluate.corruption import CORRUPTIONS
from ferkit.evaluate.strengths import KINDS, STRENGTHS


def smooth(colour: bool = False) -> np.ndarray:
    """Four faces that change slowly from pixel to pixel."""
    rows, columns = np.mgrid[:48, :48]
    images = np.stack([100 + 60 * np.sin(columns / (5 + i)) * np.cos(rows / 7) for i in range(4)]).astype(np.uint8)
    return np.repeat(images[..., None], 3, axis=3) if colour else images


def seeded() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("colour", [False, True])
@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_keeps_shape_and_type_and_changes_pixels(name: str, colour: bool) -> None:
    images = smooth(colour)
    before = images.copy()
    changed = CORRUPTIONS[name](images, seeded())
    assert changed.shape == images.shape
    assert changed.dtype == np.uint8
    assert not np.array_equal(changed, images)
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(changed, CORRUPTIONS[name](images, seeded()))


def test_amounts_are_what_they_say() -> None:
    images = smooth()
    noisy = corruption.gaussian_noise(15)(np.full((4, 48, 48), 128, np.uint8), seeded())
    assert noisy.std() == pytest.approx(15, rel=0.05)
    assert (corruption.brightness(1.5)(images, seeded()) == np.clip(np.rint(images * 1.5), 0, 255)).all()
    flat = corruption.contrast(0.5)(images, seeded())
    assert flat.std() == pytest.approx(images.std() / 2, rel=0.05)
    assert flat.mean() == pytest.approx(images.mean(), abs=1)
    struck = corruption.impulse_noise(0.1)(np.full((4, 48, 48), 128, np.uint8), seeded())
    assert (struck != 128).mean() == pytest.approx(0.1, abs=0.02)
    boxed = corruption.covered(0.25, 0.5, 0.0, 1.0)(np.zeros((1, 48, 48), np.uint8), seeded())
    assert np.flatnonzero(boxed[0].any(axis=1)).tolist() == list(range(12, 24))


def test_turned_and_scaled_about_the_centre() -> None:
    dot = np.zeros((1, 49, 49), np.uint8)
    dot[0, 24, 34] = 255  # ten pixels right of the centre
    place = lambda images: np.unravel_index(images[0].argmax(), images[0].shape)  # noqa: E731
    assert place(corruption.roll(90)(dot, seeded())) == (14, 24)  # counter-clockwise: above it
    assert place(corruption.scale(2.0)(dot, seeded())) == (24, 44)
    assert place(corruption.scale(0.5)(dot, seeded())) == (24, 29)
    full = np.full((2, 48, 48, 3), 90, np.uint8)
    assert (corruption.roll(30)(full, seeded()) == 90).all()  # edges repeat: no black corners


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.single])
def test_the_third_strength_is_the_single_corruption(name: str) -> None:
    images = smooth()
    expected = CORRUPTIONS[KINDS[name].single](images, seeded())
    np.testing.assert_array_equal(KINDS[name].at(3)(images, seeded()), expected)


@pytest.mark.parametrize("name", KINDS)
def test_each_strength_changes_more(name: str) -> None:
    images = smooth()
    far = [np.abs(KINDS[name].at(s)(images, seeded()).astype(int) - images).mean() for s in STRENGTHS]
    assert (np.diff([0, *far]) > 0).all(), far


def test_all_twelve_single_ones_have_a_kind() -> None:
    assert sorted(kind.single for kind in KINDS.values() if kind.single) == sorted(CORRUPTIONS)
    assert len({*KINDS}) == 15
