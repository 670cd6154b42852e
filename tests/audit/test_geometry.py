"""Measures of a face are held against drawn faces, whose roll and openings are known, and against turned ones."""

from functools import cache

import cv2
import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from ferkit.audit.geometry import geometry
from ferkit.audit.mean_face import MeanFace, learn
from ferkit.audit.pose import straighten
from tests.audit.drawn import Drawn, drawn

KINDS = [(48, False), (64, True), (96, False), (32, False)]


@cache
def measured(size: int, colour: bool) -> tuple[Drawn, MeanFace, dict[str, np.ndarray]]:
    faces = drawn(500, size=size, colour=colour)
    mean = learn(faces.images)
    return faces, mean, geometry(faces.images, mean, mean.align(faces.images))


def turned(images: np.ndarray, degrees: float) -> np.ndarray:
    """Clockwise about the middle."""
    side = images.shape[1]
    matrix = cv2.getRotationMatrix2D(((side - 1) / 2, (side - 1) / 2), -degrees, 1)
    return np.stack([cv2.warpAffine(i, matrix, (side, side), borderMode=cv2.BORDER_REFLECT) for i in images])


@pytest.mark.parametrize(("size", "colour"), KINDS)
def test_roll_is_that_of_the_head(size: int, colour: bool) -> None:
    faces, _, got = measured(size, colour)
    error = np.abs(got["roll"] - faces.roll)
    assert np.median(error) < 1 and np.quantile(error, 0.9) < 5
    assert np.corrcoef(got["roll"], faces.roll)[0, 1] > 0.75


@pytest.mark.parametrize("degrees", [-15, 15])
def test_a_turned_face_has_that_much_more_roll(degrees: float) -> None:
    faces, mean, got = measured(48, False)
    upright = np.abs(got["roll"]) < 12
    change = mean.align(turned(faces.images, degrees)).roll - got["roll"]
    assert abs(np.median(change[upright]) - degrees) < 0.5
    assert np.mean(np.abs(change[upright] - degrees) < 3) > 0.8


def test_a_mirrored_face_has_the_opposite_roll_and_the_same_of_all_else() -> None:
    faces, mean, got = measured(48, False)
    images = np.ascontiguousarray(faces.images[:, :, ::-1])
    mirrored = geometry(images, mean, mean.align(images))
    same = np.abs(mirrored["roll"] + got["roll"]) < 0.3
    assert same.mean() > 0.97  # between equally good poses the first is taken
    for name in ("face size", "asymmetry", "eye opening", "mouth opening", "brow height", "likeness"):
        assert np.mean(np.abs(mirrored[name] - got[name])[same] < 0.02) > 0.99


@pytest.mark.parametrize(("size", "colour"), KINDS)
def test_openings_follow_the_muscles(size: int, colour: bool) -> None:
    faces, _, got = measured(size, colour)
    assert spearmanr(got["eye opening"], faces.lids)[0] > 0.55
    assert spearmanr(got["mouth opening"], faces.lips)[0] > 0.45
    assert spearmanr(got["brow height"], faces.brows)[0] > 0.5
    extreme = (faces.lips > 0.12) | (faces.lips < 0.04)
    assert roc_auc_score(faces.lips[extreme] > 0.12, got["mouth opening"][extreme]) > 0.85


def test_size_and_mirror_image() -> None:
    faces, _, got = measured(48, False)
    assert spearmanr(got["face size"], faces.size)[0] > 0.5
    symmetric = faces.images.copy()
    symmetric[:, :, 24:] = symmetric[:, :, :24][:, :, ::-1]
    mean = learn(symmetric)
    assert np.median(geometry(symmetric, mean, mean.align(symmetric))["asymmetry"]) < 0.01
    assert np.median(got["asymmetry"]) > 0.05


def test_noise_and_flat_images_are_unlike_the_mean_face() -> None:
    _, mean, got = measured(48, False)
    noise = np.random.default_rng(0).integers(0, 256, (50, 48, 48), dtype=np.uint8)
    assert mean.align(noise).likeness.max() < np.quantile(got["likeness"], 0.02)
    flat = np.full((3, 48, 48), 77, np.uint8)
    measures = geometry(flat, mean, mean.align(flat))
    assert all(np.isfinite(column).all() for column in measures.values())
    assert np.abs(measures["likeness"]).max() < 0.05


def test_straightened_faces_lie_over_each_other() -> None:
    faces, mean, _ = measured(48, False)
    upright = straighten(faces.images, mean.align(faces.images), 48)
    assert upright.mean(0).std() > 1.1 * faces.images.mean(0)[4:-4, 4:-4].std()  # a sharper mean


def test_few_faces_are_enough_and_none_is_no_error() -> None:
    few = drawn(3).images
    mean = learn(few)
    assert {len(column) for column in geometry(few, mean, mean.align(few)).values()} == {3}
    assert len(mean.align(few[:0])) == 0
