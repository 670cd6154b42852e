"""The crowd's votes: entropy, agreement and majority, held to scipy and to cases counted by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from ferkit.audit import crowd
from tests.untrained import noise

NAMES = ("happiness", "sadness", "anger", "unknown")
CLASSES = ("Angry", "Happy", "Sad")
VOTES = np.array([
    [9, 1, 0, 0],  # happy
    [5, 5, 0, 0],  # a tie
    [1, 2, 0, 7],  # unknown
    [0, 0, 0, 0],  # nobody voted
], np.uint8)  # fmt: skip


@pytest.fixture
def few() -> crowd.Crowd:
    found = crowd.of(VOTES, NAMES, CLASSES)
    assert found is not None
    return found


def test_choices_are_matched_to_classes_by_name(few: crowd.Crowd) -> None:
    assert few.choice.tolist() == [1, 2, 0, -1]
    assert crowd.class_of("Contempt", CLASSES) == -1
    assert crowd.class_of(" happy ", CLASSES) == 1
    assert crowd.class_of("happiness", ("happiness", "happy")) == 0  # its own name first
    assert crowd.of(VOTES, ("a", "b", "c", "d"), CLASSES) is None


def test_a_dataset_without_votes_has_no_crowd() -> None:
    assert crowd.of_faces(noise()) is None


def test_shares_and_majority_by_hand(few: crowd.Crowd) -> None:
    assert few.counts.tolist() == [[0, 9, 1], [0, 5, 5], [0, 1, 2], [0, 0, 0]]
    np.testing.assert_allclose(few.shares[2], [0, 0.1, 0.2])
    assert few.shares[3].tolist() == [0, 0, 0]
    assert few.majority.tolist() == [1, -1, -1, -1]
    np.testing.assert_allclose(few.unanimity, [0.9, 0.5, 0.7, np.nan])


def test_a_label_is_disputed_when_another_choice_has_more_votes(few: crowd.Crowd) -> None:
    assert few.disputes(np.array([1, 1, 2, 0])).tolist() == [False, False, True, False]
    assert few.disputes(np.array([2, 0, 1, 0])).tolist() == [True, True, True, False]
    np.testing.assert_allclose(few.agreement(np.array([1, 2, 2, 0])), [0.9, 0.5, 0.2, np.nan])
    assert few.voters_for(np.array([1, 2, 2, 0])).tolist() == [9, 5, 2, 0]


def test_confirmed_counts_faces_with_votes_only(few: crowd.Crowd) -> None:
    share, per_class = crowd.confirmed(few, np.array([1, 1, 2, 0]))
    assert share == pytest.approx(2 / 3)
    assert per_class == {1: 1.0, 2: 0.0}


@given(arrays(np.uint8, (7, 4), elements=st.integers(0, 20)))
def test_entropy_is_scipys(votes: np.ndarray) -> None:
    found = crowd.of(votes, NAMES, CLASSES)
    assert found is not None
    voted = votes.any(1)
    np.testing.assert_allclose(found.entropy[voted], stats.entropy(votes[voted], base=2, axis=1), atol=1e-12)
    assert np.isnan(found.entropy[~voted]).all()
    assert ((found.entropy[voted] >= 0) & (found.entropy[voted] <= 2 + 1e-12)).all()


def test_a_negative_row_is_a_face_without_votes(few: crowd.Crowd) -> None:
    part = few.select(np.array([1, -1, 0]))
    assert part.total.tolist() == [10, 0, 10]
    assert few.select(np.array([True, False, False, False])).total.tolist() == [10]
