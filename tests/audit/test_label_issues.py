"""Confident learning, held to cleanlab."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferkit.audit import label_issues
from ferkit.errors import DataError

cleanlab = pytest.importorskip("cleanlab")


def drawn(seed: int, n: int = 200, classes: int = 4) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities, and which labels were flipped."""
    rng = np.random.default_rng(seed)
    true = np.r_[np.arange(classes), rng.integers(0, classes, n - classes)]
    logits = rng.normal(size=(n, classes)) + 2.5 * np.eye(classes)[true]
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    flipped = (rng.random(n) < 0.15) & (np.arange(n) >= classes)
    labels = np.where(flipped, (true + rng.integers(1, classes, n)) % classes, true)
    return labels, probabilities, flipped


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.integers(2, 7))
def test_every_figure_is_cleanlabs(seed: int, classes: int) -> None:
    from cleanlab.count import compute_confident_joint, get_confident_thresholds
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    labels, probabilities, _ = drawn(seed, 120, classes)
    issues = label_issues.find(labels, probabilities)
    expected = find_label_issues(labels, probabilities, filter_by="confident_learning", n_jobs=1)
    assert issues.suspect.tolist() == expected.tolist()
    np.testing.assert_allclose(
        label_issues.thresholds(labels, probabilities), get_confident_thresholds(labels, probabilities)
    )
    joint = compute_confident_joint(labels, probabilities, calibrate=False)
    np.testing.assert_array_equal(np.maximum(issues.joint, np.eye(classes, dtype=int)), joint)
    for method in ("self_confidence", "normalized_margin"):
        np.testing.assert_allclose(
            getattr(issues, method), get_label_quality_scores(labels, probabilities, method=method)
        )


def test_flipped_labels_come_first() -> None:
    labels, probabilities, flipped = drawn(0, 2000)
    issues = label_issues.find(labels, probabilities)
    for by in label_issues.RANKINGS:
        ranking = label_issues.rank(labels, probabilities, by)
        assert sorted(ranking) == list(range(2000))
        assert label_issues.precision_at(ranking, flipped, 100) > 0.9 > 3 * flipped.mean()
        assert issues.suspect[ranking[: issues.suspect.sum()]].all()
    assert (issues.suggestion != labels).tolist() == issues.suspect.tolist()


def test_a_class_without_a_face_is_nobodys() -> None:
    labels, probabilities, _ = drawn(2, 60, 4)
    labels[labels == 3] = 0
    assert label_issues.thresholds(labels, probabilities)[3] == 2
    assert not (label_issues.find(labels, probabilities).suggestion == 3).any()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(DataError, match="Expected a label and a row"):
        label_issues.find(np.zeros(3, int), np.ones((2, 2)))
    with pytest.raises(DataError, match="got 0 labels"):
        label_issues.find(np.zeros(0, int), np.ones((0, 2)))
