"""Two runs face by face."""

import numpy as np

from ferkit.evaluate.outcomes import agreement, outcomes

TRUE = np.array([0, 1, 2, 0, 1, 2])
A = np.array([0, 0, 2, 1, 2, 1])
B = np.array([1, 1, 2, 2, 2, 2])


def test_by_hand() -> None:
    found = outcomes(TRUE, A, B)
    assert found.fixed.tolist() == [1, 5]
    assert found.broken.tolist() == [0]
    assert found.both_wrong.tolist() == [3, 4]
    assert found.both_right.tolist() == [2]
    assert found.disagree.tolist() == [0, 1, 3, 5]
    assert found.counts() == {"fixed": 2, "broken": 1, "both_wrong": 2, "both_right": 1, "disagree": 4}


def test_four_of_them_part_all_faces() -> None:
    rng = np.random.default_rng(0)
    true, a, b = rng.integers(0, 5, (3, 300))
    found = outcomes(true, a, b)
    parts = np.concatenate([found.fixed, found.broken, found.both_wrong, found.both_right])
    assert sorted(parts.tolist()) == list(range(300))
    assert len(np.union1d(found.fixed, found.broken)) <= len(found.disagree)
    assert set(found.fixed) | set(found.broken) <= set(found.disagree)


def test_agreement_by_hand() -> None:
    assert agreement(A, B, 3).tolist() == [[0, 2, 0], [0, 0, 2], [0, 0, 2]]
