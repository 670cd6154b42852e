"""The Grad-CAM page, and the words and orders it is made of."""

from collections.abc import Callable

import numpy as np
import pytest

from dashboard.network.attention import GROUPS, insight, mean_pictures, mixed
from ferkit.predict.classifier import Classifier


def told(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


@pytest.mark.parametrize(
    ("outcome", "words"), [("", "takes for it"), ("right", "were recognised"), ("wrong", "taken for another")]
)
def test_the_means_of_each_group_are_shown(app: Callable, gray_world, outcome: str, words: str) -> None:
    at = app(gray_world, "gradcam", **({"outcome": outcome} if outcome else {}))
    assert words in told(at) and "third of the face" in told(at)
    assert at.segmented_control(key="gradcam-group").value == next(
        group.label for group in GROUPS if group.outcome == outcome
    )


def test_choosing_a_group_narrows_the_selection(app: Callable, gray_world) -> None:
    at = app(gray_world, "gradcam")
    at.segmented_control(key="gradcam-group").set_value("wrong").run()
    assert at.session_state["selection"].outcome == "wrong" and "taken for another" in told(at)


def test_the_wall_is_painted_at_the_chosen_layer(app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, explain = [], Classifier.explain

    def spy(self, images, target=None, layer=None):
        asked.append((len(images), layer))
        return explain(self, images, target, layer)

    monkeypatch.setattr(Classifier, "explain", spy)
    at = app(gray_world, "gradcam")
    layers = at.selectbox(key=next(box.key for box in at.selectbox if box.key.startswith("gradcam-layer")))
    first = layers.options[-1]
    layers.select(next(value for value in [first.split(": ")[1]])).run()
    told(at)
    assert [layer for _, layer in asked] == [None, first.split(": ")[1]] and all(0 < n <= 24 for n, _ in asked)
    at.run()
    assert len(asked) == 2, "a screenful is explained once"


def test_without_images_the_means_stand_and_no_network_starts(
    app: Callable, imageless_world, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Classifier, "open", lambda run: pytest.fail("the network was started"))
    at = app(imageless_world, "gradcam")
    assert "not on this machine" in told(at) and "third of the face" in told(at)


def test_without_weights_the_faces_are_shown_plain(
    app: Callable, gray_world, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    world = type(gray_world)(tmp_path / "weightless")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    for weights in world.checkpoints.glob("*/model.safetensors"):
        weights.unlink()
    at = app(world, "gradcam")
    assert "No heat maps: " in told(at) and "model.safetensors is missing" in told(at)


def test_colour_faces_and_three_classes(app: Callable, colour_world) -> None:
    assert "third of the face" in told(app(colour_world, "gradcam"))


def test_nothing_at_all_tells_the_next_step(app: Callable, empty_world) -> None:
    assert "ferkit train" in told(app(empty_world, "gradcam"))


def test_the_insight_names_the_extremes() -> None:
    shares = np.array([[0.1, 0.3, 0.6], [0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0, 0, 0]])
    assert insight(shares, ("a", "b", "c", "never seen")) == (
        "For **a** it looks lowest: 60% of the heat lies in the lower third of the face; for **b** only 20%."
    )
    assert "same height" in insight(np.full((2, 3), 1 / 3), ("a", "b"))
    assert "None" in insight(np.zeros((2, 3)), ("a", "b"))


def test_a_mixed_order_takes_each_class_in_turn() -> None:
    labels = np.array([0, 0, 0, 1, 0, 1, 2])
    order = mixed(labels, 2)
    assert labels[order].tolist() == [0, 0, 1, 1, 2, 0, 0] and order.tolist() == [0, 1, 3, 5, 6, 2, 4]


def test_a_class_without_heat_shows_its_face() -> None:
    stored = {
        "faces": np.full((2, 8, 8), 100, np.uint8),
        "right": np.stack([np.zeros((2, 2)), np.eye(2) * 0.1]).astype(np.float16),
    }
    cold, hot = mean_pictures(stored, GROUPS[1], 16)
    assert (cold == 100).all() and (hot != 100).any()
