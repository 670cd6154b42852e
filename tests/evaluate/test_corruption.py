"""Corruptions: each does what its name says, to gray and colour, and a run is scored on all of them."""

from collections.abc import Callable

import numpy as np
import pytest

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.evaluate import corruption
from ferkit.evaluate.corruption import CLEAN, CORRUPTIONS, corruption_scores, mean_accuracy
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run


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


def test_a_run_is_scored_on_every_corruption(run: Run, faces: Faces) -> None:
    classifier, part = Classifier.open(run), faces.split("val")
    kinds = {"none": lambda images, generator: images, "black": lambda images, generator: np.zeros_like(images)}
    scores = {score.corruption: score for score in corruption_scores(classifier, part, kinds)}
    assert list(scores) == [CLEAN, "none", "black"]
    logits = classifier.logits(part.images)
    assert scores[CLEAN].accuracy == float((logits.argmax(1) == part.labels).mean())
    assert scores["none"].accuracy == scores[CLEAN].accuracy
    assert sorted(set(scores["black"].recall)) == [0.0, 1.0]  # one answer for all faces
    assert mean_accuracy(list(scores.values())) == pytest.approx(
        (scores["none"].accuracy + scores["black"].accuracy) / 2
    )


def test_logits_are_adjusted_before_they_are_scored(make_run: Callable[..., Run], faces: Faces) -> None:
    classifier, part = Classifier.open(make_run(faces, "tiny")), faces.split("val")
    always = np.array([0.0, 1e6, 0.0], np.float32)
    (score,) = corruption_scores(classifier, part, {}, adjust=lambda logits: logits + always)
    matrix = metrics.confusion(part.labels, np.ones(len(part), int), 3)
    assert score.accuracy == float(metrics.accuracy(matrix))
    assert score.n == len(part)
