"""What is scored: calibrated probabilities, the columns made of them, and the images joined by id."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.scored import Scored, table
from ferkit import metrics
from ferkit.runs import open_run
from tests.worlds import World


@pytest.fixture
def shown(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> Scored:
    gray_world.enter(monkeypatch)
    run = open_run("alpha")
    return Scored(run, run.results(), "val", table(run.results(), "val"))


def test_probabilities_are_calibrated(shown: Scored) -> None:
    warm = replace(shown.run, manifest=shown.run.manifest.replace(temperature=2.0, temperature_slope=0.0))
    calibrated = replace(shown, run=warm)
    np.testing.assert_allclose(calibrated.probabilities, metrics.softmax(shown.logits / 2))
    frame = table(warm.results(), shown.split)
    np.testing.assert_allclose(frame["confidence"], calibrated.probabilities.max(1))
    assert (frame["confidence"] < shown.frame["confidence"]).all() and (frame["pred"] == shown.frame["pred"]).all()


def test_the_probabilities_of_one_face(shown: Scored) -> None:
    np.testing.assert_array_equal(shown.probabilities_of(5), shown.probabilities[5])


def test_images_join_by_id(shown: Scored) -> None:
    rows = np.array([3, 0, 5])
    images = shown.images.of_rows(rows)
    assert images is not None
    faces = shown.images.faces
    assert faces is not None
    for row, image in zip(rows, images, strict=True):
        assert np.array_equal(image, faces.images[list(faces.ids).index(shown.frame["id"].iat[row])])


def test_second_guess_margin_and_loss_are_those_of_the_probabilities(shown: Scored) -> None:
    p, frame = shown.probabilities, shown.frame
    ordered = np.sort(p, axis=1)
    np.testing.assert_allclose(frame["margin"], ordered[:, -1] - ordered[:, -2])
    np.testing.assert_allclose(p[np.arange(len(p)), frame["second"]], ordered[:, -2])
    np.testing.assert_allclose(np.exp(-frame["loss"]), p[np.arange(len(p)), frame["label"]])
