import numpy as np
import pytest

from ferkit.errors import ConfigError
from ferkit.faces import Box, Tracker

HAPPY, SAD = np.array([1.0, 0.0]), np.array([0.0, 1.0])


def at(x: int, y: int = 0, side: int = 40) -> Box:
    return Box(x, y, side, side, 1.0)


def test_a_moving_face_keeps_its_id() -> None:
    tracker = Tracker(0.5)
    ids = {tracker.update([at(5 * step, 3 * step, 40 + step)], HAPPY[None])[0].id for step in range(30)}
    assert ids == {1}


def test_two_faces_stay_apart_whatever_their_order() -> None:
    tracker = Tracker(0.9)
    left, right = tracker.update([at(0), at(200)], np.stack([HAPPY, SAD]))
    for step in range(1, 20):
        second, first = tracker.update([at(200 - 4 * step), at(4 * step)], np.stack([SAD, HAPPY]))
        assert (first.id, second.id) == (left.id, right.id)
        np.testing.assert_allclose([first.probabilities, second.probabilities], [HAPPY, SAD])


def test_one_old_face_is_given_to_the_nearer_of_two_boxes() -> None:
    tracker = Tracker(0.5)
    old = tracker.update([at(0)], HAPPY[None])[0]
    far, near = tracker.update([at(20), at(4)], np.stack([SAD, SAD]))
    assert near.id == old.id != far.id
    np.testing.assert_allclose(far.probabilities, SAD)


def test_smoothing_is_the_running_mean_of_its_formula() -> None:
    tracker = Tracker(0.75)
    tracker.update([at(0)], HAPPY[None])
    np.testing.assert_allclose(tracker.update([at(0)], SAD[None])[0].probabilities, [0.75, 0.25])
    tracker.smoothing = 0
    np.testing.assert_allclose(tracker.update([at(0)], SAD[None])[0].probabilities, SAD)


def test_a_missing_face_is_remembered_for_a_while_only() -> None:
    tracker = Tracker(0.5, patience=3)
    first = tracker.update([at(0)], HAPPY[None])[0].id
    nobody = np.empty((0, 2))
    for _ in range(3):
        assert tracker.update([], nobody) == []
    assert tracker.update([at(0)], HAPPY[None])[0].id == first
    for _ in range(4):
        tracker.update([], nobody)
    again = tracker.update([at(0)], SAD[None])[0]
    assert again.id != first
    np.testing.assert_allclose(again.probabilities, SAD)


def test_another_network_starts_afresh() -> None:
    tracker = Tracker(0.9)
    first = tracker.update([at(0)], HAPPY[None])[0]
    now = tracker.update([at(0)], np.array([[0.2, 0.3, 0.5]]))[0]
    assert now.id == first.id and now.probabilities.tolist() == [0.2, 0.3, 0.5]


@pytest.mark.parametrize("value", [-0.1, 1.0, float("nan")])
def test_smoothing_out_of_range_is_refused(value: float) -> None:
    with pytest.raises(ConfigError, match="from 0 to below 1"):
        Tracker(value)
