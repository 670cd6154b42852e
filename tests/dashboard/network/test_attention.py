"""Mean heat maps: the sentence, the order of faces, and classes without heat."""

import numpy as np

from dashboard.network.attention import GROUPS, insight, interleaved, mean_images


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


def test_a_class_without_heat_shows_its_face() -> None:
    stored = {
        "faces": np.full((2, 8, 8), 100, np.uint8),
        "right": np.stack([np.zeros((2, 2)), np.eye(2) * 0.1]).astype(np.float16),
    }
    cold, hot = mean_images(stored, GROUPS[1], 16)
    assert (cold == 100).all() and (hot != 100).any()


def test_every_group_says_whose_class_a_tile_has() -> None:
    assert [(group.outcome, group.field, group.tile) for group in GROUPS] == [
        ("", "pred", "predicted"),
        ("right", "true", "label"),
        ("wrong", "true", "label"),
    ]
