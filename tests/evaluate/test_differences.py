"""Where two runs differ: by class, by slice, by cell."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, recall_score
from statsmodels.stats.multitest import multipletests

from ferkit import metrics
from ferkit.evaluate.compare import paired
from ferkit.evaluate.differences import (
    by_class,
    by_slice,
    corrected,
    matrix_difference,
    score_difference,
)
from ferkit.evaluate.significance import mcnemar

CLASSES = ("angry", "fear", "happy", "disgust")


@pytest.fixture(scope="module")
def three() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """True classes of 900 faces, no disgust among them; A's answers; and B's, better on fear alone."""
    rng = np.random.default_rng(0)
    true = rng.integers(0, 3, 900)
    a = np.where(rng.random(900) < 0.5, true, rng.integers(0, 4, 900))
    return true, a, np.where((true == 1) & (rng.random(900) < 0.4), true, a)


def test_recall_per_class_is_that_of_scikit_learn(three: tuple[np.ndarray, ...]) -> None:
    true, a, b = three
    rows = by_class(true, a, b, CLASSES)
    assert [row.name for row in rows] == ["angry", "fear", "happy"]  # no face is disgust
    for side, pred in (("a", a), ("b", b)):
        expected = recall_score(true, pred, labels=[0, 1, 2], average=None)
        np.testing.assert_allclose([getattr(row, side) for row in rows], expected)
    assert [row.difference for row in rows] == pytest.approx([row.b - row.a for row in rows])
    assert sum(row.n for row in rows) == 900


def test_only_the_class_that_changed_is_significant(three: tuple[np.ndarray, ...]) -> None:
    rows = by_class(*three, CLASSES)
    assert [row.name for row in rows if row.significant] == ["fear"]
    fear = rows[1]
    assert fear.p == mcnemar(fear.fixed, fear.broken)
    assert 0 < fear.interval[0] < fear.difference < fear.interval[1]
    adjusted = multipletests([row.p for row in rows], method="holm")[1]
    np.testing.assert_allclose([row.adjusted for row in rows], adjusted)


def test_slices_are_masks_or_rows_and_empty_ones_are_left_out(three: tuple[np.ndarray, ...]) -> None:
    true, a, b = three
    first = np.arange(900) < 100
    rows = by_slice(true, a, b, {"mask": first, "rows": np.arange(100), "none": np.zeros(900, bool)})
    assert [row.name for row in rows] == ["mask", "rows"]
    assert rows[0].n == 100 and (rows[0].a, rows[0].fixed) == (rows[1].a, rows[1].fixed)
    assert rows[0].a == pytest.approx((a == true)[:100].mean())


def test_more_tests_shown_together_ask_for_more(three: tuple[np.ndarray, ...]) -> None:
    rows = by_class(*three, CLASSES)
    together = corrected([*rows, *rows])
    assert together[1].adjusted == pytest.approx(min(1, 6 * rows[1].p))


def test_difference_of_f1_is_that_of_scikit_learn(three: tuple[np.ndarray, ...]) -> None:
    true, a, b = three
    difference, (low, high) = score_difference(true, a, b, 4)
    expected = [f1_score(true, p, labels=range(4), average=None, zero_division=0) for p in (a, b)]
    np.testing.assert_allclose(difference, expected[1] - expected[0])
    assert low[1] < difference[1] < high[1] and low[1] > 0
    total, ends = score_difference(true, a, b, 4, metrics.accuracy)
    test = paired(*(np.eye(4, dtype=np.float32)[p] for p in (a, b)), true)
    assert total == pytest.approx(test.accuracy)
    assert tuple(ends) == pytest.approx(test.accuracy_interval)


def test_matrix_difference_by_hand() -> None:
    a, b = np.array([[3, 1], [0, 4]]), np.array([[2, 2], [1, 3]])
    assert matrix_difference(a, b, "count").tolist() == [[1, -1], [-1, 1]]
    assert matrix_difference(a, b, "row").tolist() == [[0.25, -0.25], [-0.25, 0.25]]
    np.testing.assert_allclose(matrix_difference(a, b, "column"), [[1 - 2 / 3, 0.2 - 0.4], [-1 / 3, 0.8 - 0.6]])
