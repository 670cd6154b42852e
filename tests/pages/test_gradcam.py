"""The Grad-CAM page: mean heat maps per group, and single faces at any layer."""

import shutil
from collections.abc import Callable

import pytest

from dashboard.network.attention import GROUPS
from ferkit.predict.classifier import Classifier


def text(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.label)
def test_the_means_of_each_group_are_shown(app: Callable, gray_world, group) -> None:
    at = app(gray_world, "gradcam", **({"outcome": group.outcome} if group.outcome else {}))
    assert group.caption in text(at) and "third of the face" in text(at)
    assert at.segmented_control(key="gradcam-group").value == group.label


def test_another_group_keeps_the_chosen_emotion(app: Callable, gray_world) -> None:
    at = app(gray_world, "gradcam", pred="happy")
    at.segmented_control(key="gradcam-group").set_value("wrong").run()
    selection = at.session_state["selection"]
    assert (selection.outcome, selection.true, selection.pred) == ("wrong", "happy", "")
    assert "misclassified faces of each label" in text(at)
    at.segmented_control(key="gradcam-group").set_value("all faces").run()
    selection = at.session_state["selection"]
    assert (selection.outcome, selection.true, selection.pred) == ("", "", "happy")


def test_faces_are_explained_at_the_chosen_layer(app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, explain = [], Classifier.explain

    def spy(self, images, target=None, layer=None):
        calls.append((len(images), layer))
        return explain(self, images, target, layer)

    monkeypatch.setattr(Classifier, "explain", spy)
    at = app(gray_world, "gradcam")
    layers = at.selectbox(key="view-layer")
    assert layers.options[-1] == "1 of 3: conv 1 (body.0.body.0)"
    layers.select("body.0.body.0").run()
    text(at)
    assert [layer for _, layer in calls] == [None, "body.0.body.0"] and all(0 < n <= 24 for n, _ in calls)
    at.run()
    assert len(calls) == 2, "heat maps are cached"


def test_without_images_the_means_are_shown_and_no_network_starts(
    app: Callable, imageless_world, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Classifier, "open", lambda run: pytest.fail("the network was started"))
    at = app(imageless_world, "gradcam")
    assert "not on this machine" in text(at) and "third of the face" in text(at)


def test_without_weights_the_faces_are_shown_plain(app: Callable, gray_world, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "weightless")
    shutil.copytree(gray_world.path, world.path, dirs_exist_ok=True)
    for weights in world.checkpoints.glob("*/model.safetensors"):
        weights.unlink()
    at = app(world, "gradcam")
    assert "No heat maps: " in text(at) and "model.safetensors is missing" in text(at)


def test_colour_faces_and_three_classes(app: Callable, colour_world) -> None:
    assert "third of the face" in text(app(colour_world, "gradcam"))


def test_without_a_run_it_says_how_to_train_one(app: Callable, empty_world) -> None:
    assert "ferkit train" in text(app(empty_world, "gradcam"))
