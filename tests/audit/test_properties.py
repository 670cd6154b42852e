"""Each property falls or rises with what it is named after."""

import cv2
import numpy as np
import pandas as pd
import pytest

from ferkit.audit.columns import MEANINGS
from ferkit.audit.pixels import pixel_properties
from ferkit.audit.properties import properties
from tests.audit.drawn import drawn


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return drawn(120).images


def changed(images: np.ndarray, change) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """Properties of changed images less those of the images."""
    after = np.stack([np.clip(np.rint(change(image.astype(np.float32))), 0, 255) for image in images]).astype(np.uint8)
    return pd.DataFrame(pixel_properties(after)) - pd.DataFrame(pixel_properties(images))


@pytest.mark.parametrize(("size", "colour"), [(48, False), (64, True)])
def test_a_finite_number_for_each_face_and_property(size: int, colour: bool) -> None:
    images = drawn(60, size=size, colour=colour).images
    steps: list[tuple[int, int]] = []
    table = properties(images, progress=lambda done, total: steps.append((done, total)))
    assert list(table) == list(MEANINGS) and len(table) == 60
    assert set(table.dtypes) == {np.dtype(np.float32)} and np.isfinite(table.to_numpy()).all()
    assert steps[-1] == (60, 60)
    assert properties(images).equals(table)


def test_light(images: np.ndarray) -> None:
    assert (changed(images, lambda i: 0.6 * i)["brightness"] < 0).all()
    darker = changed(images, lambda i: 0.2 * i)
    assert (darker["lightest"] < 0).all() and (darker["black"] >= 0).all() and darker["black"].mean() > 0.1
    lighter = changed(images, lambda i: i + 120)
    assert (lighter["brightness"] > 0).all() and (lighter["darkest"] > 0).all() and lighter["white"].mean() > 0.3
    ramp = np.linspace(-60, 60, 48)[None]
    assert (changed(images, lambda i: i + ramp)["side light"] > 0.1).all()


def test_contrast_alone_leaves_sharpness_and_side_as_they_are(images: np.ndarray) -> None:
    flat = changed(images, lambda i: 128 + 0.5 * (i - 128))
    np.testing.assert_allclose(flat["contrast"], -0.5 * pixel_properties(images)["contrast"], atol=0.01)
    assert (flat["entropy"] < 0).all()
    assert (flat["sharpness"].abs() < 0.1 * pixel_properties(images)["sharpness"]).all()


def test_blur_and_noise(images: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    blurred = changed(images, lambda i: cv2.GaussianBlur(i, (0, 0), 1.5))
    assert (blurred["sharpness"] < 0).all() and (blurred["noise"] < 0).all()
    assert (changed(images, lambda i: i + rng.normal(0, 15, i.shape))["noise"] > 0).all()
    smooth = np.full((20, 48, 48), 128.0) + rng.normal(0, 12.75, (20, 48, 48))
    np.testing.assert_allclose(pixel_properties(np.rint(smooth).astype(np.uint8))["noise"], 0.05, rtol=0.1)


def test_known_values() -> None:
    half = np.zeros((1, 10, 10), np.uint8)
    half[:, :, 5:] = 255
    got = {name: float(column[0]) for name, column in pixel_properties(half).items()}
    expected = {"brightness": 0.5, "contrast": 0.5, "black": 0.5, "white": 0.5, "side light": 1, "entropy": 1}
    assert {name: got[name] for name in expected} == pytest.approx(expected, abs=1e-6)
    assert (got["lightest"], got["darkest"]) == (1, 0)
    flat = {name: float(column[0]) for name, column in pixel_properties(np.full((1, 10, 10), 51, np.uint8)).items()}
    assert flat["brightness"] == pytest.approx(0.2) and flat["lightest"] == flat["darkest"] == pytest.approx(0.2)
    assert [flat[name] for name in ("contrast", "sharpness", "entropy", "noise")] == pytest.approx([0] * 4, abs=1e-6)


def test_gray_as_colour_is_gray(images: np.ndarray) -> None:
    gray, colour = pixel_properties(images), pixel_properties(np.repeat(images[..., None], 3, 3))
    for name, column in gray.items():
        np.testing.assert_allclose(colour[name], column, atol=1e-5)


def test_of_no_image_there_is_an_empty_table() -> None:
    assert properties(np.empty((0, 48, 48), np.uint8), mean=None).shape == (0, len(MEANINGS))
