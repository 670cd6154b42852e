"""Scores as a threshold moves, against scikit-learn and by hand."""

import numpy as np
import pytest
from sklearn import metrics as reference

from ferkit import metrics
from ferkit.evaluate.curves import coverage, precision_recall, roc, thinned, top_ks


@pytest.fixture(scope="module")
def scored() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    true = rng.integers(0, 4, 500)
    logits = rng.normal(size=(500, 4)).astype(np.float32).round(1)  # rounded, so that scores are equal here and there
    logits[np.arange(500), true] += 1
    return logits, true


@pytest.mark.parametrize("of", range(4))
def test_roc_is_that_of_scikit_learn(scored: tuple[np.ndarray, np.ndarray], of: int) -> None:
    score, positive = metrics.softmax(scored[0])[:, of], scored[1] == of
    found = roc(score, positive)
    x, y, threshold = reference.roc_curve(positive, score, drop_intermediate=False)
    np.testing.assert_allclose(np.array([found.x, found.y, found.threshold]), [x, y, threshold])
    assert found.area == pytest.approx(reference.roc_auc_score(positive, score))


@pytest.mark.parametrize("of", range(4))
def test_precision_recall_is_that_of_scikit_learn(scored: tuple[np.ndarray, np.ndarray], of: int) -> None:
    score, positive = metrics.softmax(scored[0])[:, of], scored[1] == of
    found = precision_recall(score, positive)
    precision, recall, threshold = reference.precision_recall_curve(positive, score)
    np.testing.assert_allclose(found.y[::-1], precision[:-1])  # the last is the point (0, 1), of no threshold
    np.testing.assert_allclose(found.x[::-1], recall[:-1])
    np.testing.assert_allclose(found.threshold[::-1], threshold)
    assert found.area == pytest.approx(reference.average_precision_score(positive, score))


def test_a_class_without_a_face_has_no_area() -> None:
    score = np.array([0.2, 0.7, 0.4])
    assert np.isnan(roc(score, np.zeros(3, bool)).area) and np.isnan(precision_recall(score, np.zeros(3, bool)).area)
    assert np.isnan(roc(score, np.ones(3, bool)).area) and precision_recall(score, np.ones(3, bool)).area == 1


def test_coverage_by_hand() -> None:
    """Right, wrong, right, wrong from the surest on: accuracies 1, 1/2, 2/3, 1/2 at coverages of quarters."""
    found = coverage(np.array([0.6, 0.9, 0.8, 0.7]), np.array([False, True, False, True]))
    assert found.threshold.tolist() == [0.9, 0.8, 0.7, 0.6]
    assert found.coverage.tolist() == [0.25, 0.5, 0.75, 1]
    assert found.accuracy.tolist() == pytest.approx([1, 1 / 2, 2 / 3, 1 / 2])
    assert found.aurc == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)
    assert found.at(0.75) == (0.5, 0.5) and found.at(0.0) == (1.0, 0.5)
    assert found.at(0.95)[0] == 0 and np.isnan(found.at(0.95)[1])
    assert (found.needed(0.6), found.needed(0.9), found.needed(0.5)) == (0.7, 0.9, 0.6)
    assert coverage(np.array([0.5]), np.array([False])).needed(0.1) is None


def test_coverage_does_not_depend_on_the_order_of_equals() -> None:
    confidence, right = np.array([0.8, 0.8, 0.5, 0.8]), np.array([True, False, True, True])
    found, turned = coverage(confidence, right), coverage(confidence[::-1], right[::-1])
    assert found.coverage.tolist() == turned.coverage.tolist() == [0.75, 1]
    assert found.aurc == turned.aurc == pytest.approx((3 * (1 / 3) + 1 / 4) / 4)


def test_at_full_coverage_stands_the_accuracy(scored: tuple[np.ndarray, np.ndarray]) -> None:
    logits, true = scored
    right = logits.argmax(1) == true
    found = coverage(metrics.softmax(logits).max(1), right)
    assert found.accuracy[-1] == pytest.approx(right.mean())
    assert (np.diff(found.coverage) > 0).all() and (np.diff(found.threshold) < 0).all()
    assert 0 < found.aurc < 1 - right.mean()  # confidence is worth something


def test_top_k_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    true, logits = rng.integers(0, 6, 300), rng.normal(size=(300, 6))
    expected = [reference.top_k_accuracy_score(true, logits, k=k, labels=range(6)) for k in range(1, 6)]
    np.testing.assert_allclose(top_ks(logits, true), [*expected, 1])
    assert top_ks(np.zeros((4, 2)), np.array([0, 0, 1, 1])).tolist() == [0.5, 1]  # of equals the first is meant


def test_thinned_keeps_both_ends() -> None:
    assert thinned(10).tolist() == list(range(10))
    assert thinned(10_000, 5)[[0, -1]].tolist() == [0, 9999]
    assert len(thinned(10_000)) == 400
