from dataclasses import replace

import cv2
import numpy as np
import pytest
from skimage import data

from ferkit.errors import ConfigError
from ferkit.faces import MARGIN, Box, crop_steps, square_crop, to_network
from ferkit.faces.crop import UPRIGHT, landmarks_in, roll


def box(x: int, y: int, w: int, h: int) -> Box:
    return Box(x, y, w, h, 1.0)


PLACES = [box(40, 30, 20, 20), box(0, 0, 30, 20), box(85, 50, 15, 30), box(0, 70, 100, 10), box(99, 79, 1, 1)]


@pytest.mark.parametrize("place", PLACES, ids=str)
@pytest.mark.parametrize("margin", [-0.25, 0.0, 0.25, 1.0])
def test_a_crop_is_a_square_of_whole_pixels_never_stretched(place: Box, margin: float) -> None:
    rows, columns = np.mgrid[:80, :100]
    crop = square_crop(np.stack([columns, rows, rows * 0], -1).astype(np.uint8), place, margin).astype(int)
    side = round(max(place.w, place.h) * (1 + margin))
    assert crop.shape == (side, side, 3)
    left, top = round(place.x + (place.w - side) / 2), round(place.y + (place.h - side) / 2)
    np.testing.assert_array_equal(crop[:, :, 0], np.clip(np.arange(left, left + side), 0, 99)[None].repeat(side, 0))
    np.testing.assert_array_equal(crop[:, :, 1], np.clip(np.arange(top, top + side), 0, 79)[:, None].repeat(side, 1))


@pytest.mark.parametrize("place", [box(100, 60, 60, 80), box(90, 100, 80, 40)], ids=str)
def test_a_gradient_rises_as_fast_across_as_down(place: Box) -> None:
    rows, columns = np.mgrid[:240, :250]
    across, down = (
        to_network(square_crop(ramp.astype(np.uint8), place), 20, 1).astype(float) for ramp in (columns, rows)
    )
    slopes = np.polyfit(range(20), across.mean(0), 1)[0], np.polyfit(range(20), down.mean(1), 1)[0]
    assert slopes[0] == pytest.approx(80 * (1 + MARGIN) / 20, rel=0.02) and slopes[1] == pytest.approx(
        slopes[0], rel=0.02
    )


def test_a_mirrored_picture_gives_the_mirrored_crop() -> None:
    image = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)
    crop, mirrored = square_crop(image, box(2, 10, 40, 40)), square_crop(image[:, ::-1], box(58, 10, 40, 40))
    np.testing.assert_array_equal(crop, mirrored[:, ::-1])


def test_a_crop_shares_no_memory_with_its_picture() -> None:
    image = np.zeros((80, 100, 3), np.uint8)
    square_crop(image, PLACES[0])[:] = 9
    crop_steps(image, PLACES[0], 8, 3)[0][1][:] = 9
    assert not image.any()


@pytest.mark.parametrize("side", [8, 64, 200])
@pytest.mark.parametrize(("channels", "shape"), [(1, (64, 64)), (3, (64, 64, 3))])
def test_a_network_gets_its_size_and_channels(side: int, channels: int, shape: tuple[int, ...]) -> None:
    for crop in (np.full((side, side, 3), 77, np.uint8), np.full((side, side), 77, np.uint8)):
        pixels = to_network(crop, 64, channels)
        assert pixels.shape == shape and pixels.dtype == np.uint8
        assert np.ptp(pixels) == 0 and abs(int(pixels.flat[0]) - 77) <= 1


def test_shrinking_averages_areas() -> None:
    board = np.indices((80, 80)).sum(0).astype(np.uint8) % 2 * 200
    assert (to_network(board, 20, 1) == 100).all()


@pytest.mark.parametrize("margin", [-0.6, 2.5, float("nan")])
def test_a_margin_out_of_range_is_refused(margin: float) -> None:
    with pytest.raises(ConfigError, match=r"a margin from -0\.5 to 2"):
        square_crop(np.zeros((8, 8), np.uint8), box(0, 0, 4, 4), margin)


def test_other_channels_are_refused() -> None:
    with pytest.raises(ConfigError, match="1 or 3 channels, got 4"):
        to_network(np.zeros((8, 8, 3), np.uint8), 8, 4)


def test_the_steps_are_named() -> None:
    image = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)
    gray, colour = crop_steps(image, PLACES[0], 32, 1), crop_steps(image, PLACES[0], 64, 3)
    assert [name for name, _ in gray] == ["box", "square crop with margin", "gray", "32×32"]
    assert [name for name, _ in colour] == ["box", "square crop with margin", "64×64"]
    np.testing.assert_array_equal(gray[-1][1], to_network(square_crop(image, PLACES[0]), 32, 1))
    assert gray[0][1].shape == (20, 20, 3) and gray[2][1].shape == (round(20 * (1 + MARGIN)),) * 2


def test_landmarks_lie_in_the_crop_where_they_lie_in_the_photo() -> None:
    points = ((44.0, 40.0), (56.0, 41.0), (50.0, 45.0), (45.0, 52.0), (55.0, 52.0))
    image = np.zeros((80, 100, 3), np.uint8)
    for x, y in points:
        image[int(y), int(x)] = 255
    place = Box(40, 32, 20, 24, 1.0, points)
    crop = square_crop(image, place, 0.25)
    found = landmarks_in(place, 0.25, len(crop))
    assert sorted(map(tuple, found.astype(int).tolist())) == sorted(
        map(tuple, np.argwhere(crop[..., 0])[:, ::-1].tolist())
    )
    np.testing.assert_allclose(landmarks_in(place, 0.25, 2 * len(crop)), 2 * found)
    assert landmarks_in(box(1, 2, 3, 4), 0.25, 48) is None


def turned(image: np.ndarray, place: Box, angle: float) -> tuple[np.ndarray, Box]:
    """An image and its face turned clockwise by `angle` degrees about the middle of the face's box."""
    centre = np.array([place.x + place.w / 2, place.y + place.h / 2])
    matrix = cv2.getRotationMatrix2D(tuple(centre - 0.5), -angle, 1)
    points = (np.array(place.landmarks) - centre) @ matrix[:, :2].T + centre
    size = (image.shape[1], image.shape[0])
    landmarks = tuple((float(x), float(y)) for x, y in points)
    return cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE), replace(place, landmarks=landmarks)


UPRIGHT_FACE = Box(164, 60, 120, 120, 1.0, ((204.0, 105.0), (245.0, 105.0), (224, 127), (205, 143), (240, 143)))


@pytest.mark.parametrize("angle", [-60, -25, 12, 45])
def test_a_rolled_face_is_turned_upright(angle: float) -> None:
    photo = data.astronaut()
    rolled, place = turned(photo, UPRIGHT_FACE, angle)
    assert roll(place) == pytest.approx(angle)
    expected, crop = square_crop(photo, UPRIGHT_FACE).astype(float), square_crop(rolled, place).astype(float)
    inner = slice(8, -8)
    assert (
        np.abs(expected - crop)[inner, inner].mean() < 4 < np.abs(expected - square_crop(rolled, UPRIGHT_FACE)).mean()
    )
    np.testing.assert_allclose(landmarks_in(place, MARGIN, 48), landmarks_in(UPRIGHT_FACE, MARGIN, 48), atol=0.3)


def test_a_face_within_ten_degrees_is_taken_as_it_is() -> None:
    rolled, place = turned(data.astronaut(), UPRIGHT_FACE, UPRIGHT - 0.5)
    np.testing.assert_array_equal(square_crop(rolled, place), square_crop(rolled, UPRIGHT_FACE))
    assert roll(box(1, 2, 3, 4)) == 0
