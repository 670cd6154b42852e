"""Errors that people make too, and the error rate by agreement."""

import numpy as np
import pytest
from scipy import stats

from ferkit.audit import crowd
from ferkit.audit.crowd_errors import error_by, errors

NAMES, CLASSES = ("happy", "sad", "angry", "unknown"), ("angry", "happy", "sad")


def test_every_error_is_of_one_kind() -> None:
    votes = np.array([[6, 4, 0, 0], [9, 1, 0, 0], [0, 0, 0, 0], [2, 8, 0, 0], [10, 0, 0, 0]])
    found = crowd.of(votes, NAMES, CLASSES)
    assert found is not None
    labels, predicted = np.array([1, 1, 1, 1, 1]), np.array([2, 2, 2, 2, 1])
    kinds = errors(found, labels, predicted)
    assert kinds.people_too.tolist() == [True, False, False, True, False]
    assert kinds.model_only.tolist() == [False, True, False, False, False]
    assert kinds.no_votes.tolist() == [False, False, True, False, False]
    assert kinds.majority.tolist() == [False, False, False, True, False]
    assert errors(found, labels, predicted, least=1).model_only.sum() == 0


def test_rates_and_intervals_are_scipys() -> None:
    rng = np.random.default_rng(1)
    value, wrong = rng.random(400), rng.random(400) < 0.3
    value[:5] = [np.nan, 0.0, 1.0, -0.1, 1.1]
    rates = error_by(value, wrong)
    assert rates.n.sum() == 397
    for i, (low, high) in enumerate(zip(rates.edges, rates.edges[1:], strict=False)):
        inside = (value >= low) & ((value < high) | ((i == 4) & (value == 1)))
        assert rates.n[i] == inside.sum()
        test = stats.binomtest(int(wrong[inside].sum()), int(inside.sum()))
        assert rates.rate[i] == pytest.approx(test.statistic)
        np.testing.assert_allclose(rates.interval[:, i], test.proportion_ci(method="wilson"), atol=1e-12)


def test_a_share_of_exactly_an_edge_is_in_the_upper_bin() -> None:
    rates = error_by(np.array([2, 4, 6, 8, 10]) / 10, np.ones(5, bool))
    assert rates.n.tolist() == [0, 1, 1, 1, 2]
    assert np.isnan(rates.rate[0])
