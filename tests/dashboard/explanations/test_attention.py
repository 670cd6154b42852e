"""Mean heat maps: the sentence, the order of faces, and classes without heat."""

import numpy as np
import pytest

from dashboard.explanations.attention import CAPTIONS, Means, insight, interleaved, means_of
from dashboard.explanations.means import images, outcome_of, tiles
from dashboard.selection import Selection


def test_the_insight_names_the_extremes() -> None:
    shares = np.array([[0.1, 0.3, 0.6], [0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0, 0, 0]])
    assert insight(shares, ("a", "b", "c", "never seen")) == (
        "The lower third of the face gets the most heat for **a** (60%) and the least for **b** (20%)."
    )
    assert "same height for every emotion: 33% in the upper" in insight(np.full((2, 3), 1 / 3), ("a", "b"))
    assert insight(np.zeros((2, 3)), ("a", "b")) == "None of these maps has any heat."


def test_an_interleaved_order_takes_each_class_in_turn() -> None:
    labels = np.array([0, 0, 0, 1, 0, 1, 2])
    order = interleaved(labels, 2)
    assert labels[order].tolist() == [0, 0, 1, 1, 2, 0, 0] and order.tolist() == [0, 1, 3, 5, 6, 2, 4]


def stored_means() -> dict[str, np.ndarray]:
    """Three faces of two classes: one of each right, one of the first taken for the second."""
    maps = np.eye(4)[:3].reshape(3, 2, 2)  # of the right ones, then the wrong one for its label
    for_prediction = np.full((2, 2), 0.5)  # of the wrong one, for what it is predicted as
    return {
        "faces": np.full((2, 8, 8), 100, np.uint8),
        "right": maps[:2].astype(np.float16), "right_n": np.array([1, 1]),
        "wrong": np.stack([maps[2], np.zeros((2, 2))]).astype(np.float16), "wrong_n": np.array([1, 0]),
        "predicted": np.stack([maps[0], (maps[1] + for_prediction) / 2]).astype(np.float16),
        "predicted_n": np.array([1, 2]),
    }  # fmt: skip


def test_all_groups_of_grad_cam_follow_from_three() -> None:
    cams = stored_means()
    found = {(of, outcome): means_of("gradcam", of, outcome, None, cams) for of, outcome in CAPTIONS}
    assert {group: means.n.tolist() for group, means in found.items()} == {
        ("predicted", ""): [1, 2], ("predicted", "right"): [1, 1], ("predicted", "wrong"): [0, 1],
        ("label", ""): [2, 1], ("label", "right"): [1, 1], ("label", "wrong"): [1, 0],
    }  # fmt: skip
    np.testing.assert_allclose(found["predicted", "wrong"].maps[1], 0.5)
    np.testing.assert_allclose(found["label", ""].maps[0], [[0.5, 0], [0.5, 0]])
    assert not found["predicted", "wrong"].maps[0].any() and not found["label", ""].signed


def test_without_a_record_only_grad_cam_is_there() -> None:
    assert means_of("contrast", "label", "", None, stored_means()) is None
    assert means_of("gradcam", "label", "", None, None) is None


def test_maps_share_a_scale_and_a_class_without_evidence_shows_its_face() -> None:
    means = Means(np.stack([np.zeros((2, 2)), np.full((2, 2), 0.1), np.full((2, 2), -0.2)]), np.array([0, 3, 9]), True)
    faces = np.tile(np.arange(64, dtype=np.uint8).reshape(1, 8, 8) * 4, (3, 1, 1))
    cold, hot, against = images(means, faces, 16)
    assert (cold[..., 0] == cold[..., 2]).all() and (hot[..., 0] >= hot[..., 2]).all() and (hot != cold).any()
    assert (against[..., 2] > against[..., 0]).mean() > 0.9
    assert [tile.note for tile in tiles(means, ("a", "b", "c"), "label")] == [
        "none labelled",
        "3 labelled",
        "9 labelled",
    ]


def test_a_single_face_does_not_set_the_scale() -> None:
    maps = np.stack([np.full((2, 2), 0.9), np.full((2, 2), 0.3)])
    assert Means(maps, np.array([1, 50]), True).top == pytest.approx(0.3)
    assert Means(maps, np.array([1, 2]), True).top == pytest.approx(0.9)


def test_a_confusion_leaves_one_outcome() -> None:
    assert outcome_of(Selection(true="a", pred="b", outcome="right")) == "wrong"
    assert outcome_of(Selection(true="a", pred="a")) == "right"
    assert outcome_of(Selection(true="a", outcome="wrong")) == "wrong" and outcome_of(Selection()) == ""
