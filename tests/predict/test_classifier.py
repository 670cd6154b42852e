"""One pass gives what several would."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from ferkit.data.faces import Faces
from ferkit.errors import RunError
from ferkit.explain.gradcam import gradcam, layers
from ferkit.models import load
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run
from tests.threads import together


def test_logits_are_those_of_the_network(run: Run, faces: Faces) -> None:
    classifier = Classifier.open(run)
    with torch.inference_mode():
        expected = load(run)(classifier.input.prepare(faces.images)).numpy()
    logits = classifier.logits(faces.images, batch=32)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, expected, atol=1e-5)
    assert np.array_equal(logits, classifier.logits(faces.images, batch=32))
    np.testing.assert_allclose(classifier.probabilities(faces.images).sum(1), 1)


def test_no_face_gives_no_row(run: Run, faces: Faces) -> None:
    assert Classifier.open(run).logits(faces.images[:0]).shape == (0, 3)


def test_evidence_of_all_classes_agrees_with_grad_cam(run: Run, faces: Faces) -> None:
    classifier = Classifier.open(run)
    evidence = classifier.evidence(faces.images[:40])
    assert evidence.shape[:2] == (40, 3) and evidence.dtype == np.float32
    for c in range(3):
        heat = np.maximum(evidence[:, c], 0)
        peak = np.maximum(heat.max((1, 2), keepdims=True), 1e-12)
        np.testing.assert_allclose(heat / peak, classifier.explain(faces.images[:40], np.full(40, c)), atol=1e-4)


def test_analysis_agrees_with_its_parts(run: Run, faces: Faces) -> None:
    classifier = Classifier.open(run)
    labels = faces.labels.astype(np.int64)
    analysis = classifier.analyse(faces.images, labels, batch=40)
    x = classifier.input.prepare(faces.images)
    np.testing.assert_allclose(analysis.logits, classifier.logits(faces.images), atol=1e-5)
    with torch.inference_mode():
        features = classifier.model.pool(classifier.model.maps(x))
    np.testing.assert_allclose(analysis.features, features.half(), atol=2e-3)
    assert analysis.features.dtype == analysis.maps.dtype == np.float16
    predicted = torch.from_numpy(analysis.logits.argmax(1))
    np.testing.assert_allclose(analysis.maps, gradcam(classifier.model, x, predicted), atol=2e-3)
    np.testing.assert_allclose(analysis.true_maps, gradcam(classifier.model, x, torch.from_numpy(labels)), atol=2e-3)


def test_without_labels_there_is_no_true_map(run: Run, faces: Faces) -> None:
    assert Classifier.open(run).analyse(faces.images[:2]).true_maps is None


def test_progress_ends_at_the_last_face(run: Run, faces: Faces) -> None:
    progress: list[tuple[int, int]] = []
    Classifier.open(run).analyse(faces.images, batch=40, progress=lambda done, total: progress.append((done, total)))
    assert progress == [(40, 90), (80, 90), (90, 90)]


def test_any_layer_can_be_explained(run: Run, faces: Faces) -> None:
    classifier = Classifier.open(run)
    default = classifier.explain(faces.images[:3])
    np.testing.assert_allclose(default, classifier.explain(faces.images[:3], layer="body"), atol=1e-5)
    sad = classifier.explain(faces.images[:3], np.full(3, 2), layers(classifier.model)[0])
    assert sad.shape == (3, 16, 16)
    assert classifier.model.body[0].body[0]._forward_hooks == {}


def test_threads_share_a_classifier(run: Run, faces: Faces) -> None:
    """Four threads, forty calls each, with and without a named layer: no error, and always the same answer."""
    classifier, images = Classifier.open(run), faces.images[:4]
    calls: list[Callable[[], np.ndarray]] = [
        lambda: classifier.explain(images),
        lambda: classifier.explain(images, layer="body.0"),
        lambda: classifier.logits(images),
        lambda: classifier.analyse(images, faces.labels[:4]).features,
    ]
    expected = [call() for call in calls]

    assert together(lambda: [i for i in range(40) if not np.allclose(calls[i % 4](), expected[i % 4], atol=1e-5)]) == []


def test_gray_faces_suit_a_colour_network(
    make_run: Callable[..., Run], make_faces: Callable[..., Faces], faces: Faces
) -> None:
    classifier = Classifier.open(make_run(make_faces(colour=True), "colour"))
    three = np.repeat(faces.images[..., None], 3, axis=3)
    np.testing.assert_array_equal(classifier.logits(faces.images), classifier.logits(three))


def test_missing_weights_are_reported(run: Run) -> None:
    run.weights.unlink()
    with pytest.raises(RunError, match="no weights"):
        Classifier.open(run)
