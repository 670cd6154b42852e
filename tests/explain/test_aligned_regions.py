"""The parts of a mean face laid over a face by its landmarks."""

import numpy as np
import pytest

from ferkit.explain.aligned_regions import align, alignment
from ferkit.explain.face_regions import REGIONS, FaceRegions, face_regions
from tests.explain.test_face_regions import mean_face

SIDE = 96
MEAN = mean_face(SIDE)


@pytest.fixture(scope="module")
def regions() -> FaceRegions:
    return face_regions(MEAN)


def landmarks(regions: FaceRegions) -> np.ndarray:
    """Those of the mean face itself; the nose is not used."""
    middle = SIDE / 2
    eyes = [(middle + sign * regions.apart, regions.eyes) for sign in (-1, 1)]
    return np.array([*eyes, (0, 0), (middle - 9, regions.mouth), (middle + 9, regions.mouth)])


def test_its_own_landmarks_move_nothing(regions: FaceRegions) -> None:
    means = np.stack([MEAN, MEAN[::-1]]).clip(0, 255).astype(np.uint8)
    masks, faces = align(regions.masks, means, alignment(regions, landmarks(regions)))
    np.testing.assert_array_equal(masks, regions.masks)
    np.testing.assert_array_equal(faces, means)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [1, 0, 2, 4, 3]], ids=["from the left", "from the right"])
def test_parts_go_where_the_landmarks_are(regions: FaceRegions, order: list[int]) -> None:
    """Larger by a quarter, moved, and turned by 15 degrees."""
    angle = np.deg2rad(15)
    turn = 1.25 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = (landmarks(regions) - SIDE / 2) @ turn.T + SIDE / 2 + (3, -5)
    masks, _ = align(regions.masks, MEAN[None].astype(np.uint8), alignment(regions, there[order]))
    assert (masks.sum(0) == 1).all(), "they cover the face, and none overlaps another"
    for eye in there[:2]:
        assert masks[REGIONS.index("eyes"), int(eye[1]), int(eye[0])]
    x, y = there[3:].mean(0)
    assert masks[REGIONS.index("mouth"), int(y), int(x)]
    grown = masks[REGIONS.index("nose")].sum() / regions.masks[REGIONS.index("nose")].sum()
    assert grown == pytest.approx(1.25**2, rel=0.1)
