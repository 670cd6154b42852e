"""The human ceiling: each vote is left out in turn, which a slow count does here voter by voter."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from ferkit.audit import crowd
from ferkit.audit.ceiling import ceiling, one_against_the_rest

NAMES, CLASSES = ("happy", "sad", "angry", "unknown"), ("angry", "happy", "sad")


def voter_by_voter(votes: np.ndarray, choice: np.ndarray) -> float:
    """The same for one face: a voter is taken out, the others decide."""
    voters = [int(choice[v]) for v, n in enumerate(votes) for _ in range(n)]
    scores = []
    for i, said in enumerate(voters):
        rest = np.bincount([v for j, v in enumerate(voters) if j != i and v >= 0], minlength=3)
        if not rest.any():
            continue
        leaders = np.flatnonzero(rest == rest.max())
        scores.append((said in leaders) / len(leaders))
    return float(np.mean(scores)) if scores else np.nan


@given(arrays(np.uint8, (5, 4), elements=st.integers(0, 5)))
def test_it_is_the_mean_over_all_voters(votes: np.ndarray) -> None:
    found = crowd.of(votes, NAMES, CLASSES)
    assert found is not None
    expected = [voter_by_voter(row, found.choice) for row in votes]
    np.testing.assert_allclose(one_against_the_rest(found), expected, atol=1e-12)


def test_it_is_one_where_all_agree_and_half_where_two_disagree() -> None:
    found = crowd.of(np.array([[10, 0, 0, 0], [2, 2, 0, 0], [1, 1, 0, 0], [5, 0, 0, 5]]), NAMES, CLASSES)
    assert found is not None
    # two against two: the others of each voter are led by the other side; of 5 happy and 5 unknown 5 are right
    np.testing.assert_allclose(one_against_the_rest(found), [1, 0, 0, 0.5])


def test_the_interval_is_the_normal_one() -> None:
    votes = np.random.default_rng(0).multinomial(10, [0.6, 0.2, 0.1, 0.1], 300)
    found = crowd.of(votes, NAMES, CLASSES)
    assert found is not None
    labels = np.arange(300) % 2
    result = ceiling(found, labels, 3)
    values = one_against_the_rest(found)
    for part, keep in ((result.overall, labels >= 0), (result.per_class[1], labels == 1)):
        assert part is not None
        expected = stats.norm.interval(0.95, values[keep].mean(), stats.sem(values[keep]))
        assert part.share == pytest.approx(values[keep].mean()) and part.n == keep.sum()
        np.testing.assert_allclose(part.interval, expected)
    assert result.per_class[2] is None  # no face has that label


def test_against_the_label_it_is_the_share_of_votes_for_it() -> None:
    found = crowd.of(np.array([[9, 1, 0, 0], [5, 5, 0, 0], [0, 0, 0, 0]]), NAMES, CLASSES)
    assert found is not None
    result = ceiling(found, np.array([1, 2, 0]), 3, against_label=True)
    assert result.overall.share == pytest.approx(0.7) and result.overall.n == 2
    assert result.per_class[0] is None


def test_nobody_voted() -> None:
    found = crowd.of(np.zeros((3, 4), np.uint8), NAMES, CLASSES)
    assert found is not None
    assert ceiling(found, np.zeros(3, int), 3).overall.n == 0
