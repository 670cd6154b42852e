"""The Explanations page in its states: measured or not, with images or without, with weights or without."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard.explanations.attention import CAPTIONS
from ferkit.predict.classifier import Classifier
from ferkit.runs import open_run
from tests.explained import store_explanation
from tests.pages.components import charts, control, press, rows, sent
from tests.worlds import ROOT, World


def text(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


def measured(world: World, path: Path, monkeypatch: pytest.MonkeyPatch, *names: str, **options) -> World:
    """A copy of a world whose runs have records."""
    copy = world.copy(path)
    copy.enter(monkeypatch)
    for seed, name in enumerate(names or ("alpha",)):
        store_explanation(open_run(name), seed=seed, **options)
    return copy


@pytest.fixture
def explained_world(gray_world, tmp_path, monkeypatch: pytest.MonkeyPatch) -> World:
    """With a record of each of two runs."""
    return measured(gray_world, tmp_path / "explained", monkeypatch, "alpha", "beta")


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Classifier, "open", lambda run: pytest.fail("the network was started"))


def tiles(at) -> dict:
    return next(data for data in sent(at, "tiles") if data["size"] > 100)


def test_the_record_answers_first(app: Callable, explained_world: World, no_network) -> None:
    at = app(explained_world, "explanations", data="tiny", run="alpha")
    assert "For this run look at the contrast by conductance" in text(at) and "by −0.2" in text(at)
    assert "1 of 2 methods explain this run better than a blob" in text(at)
    assert [row["Method"] for row in rows(at, "Methods on val")] == [
        "Contrast", "Blob in the middle (baseline)", "Grad-CAM", "Smooth noise (baseline)",
    ]  # fmt: skip
    assert "Share of the evidence per part of the face" in charts(at)
    assert "Choose a face" in text(at), "no face is explained before one is chosen"


def test_where_no_contrast_will_do_it_says_so(app: Callable, gray_world, tmp_path, monkeypatch) -> None:
    world = measured(gray_world, tmp_path / "unread", monkeypatch, chosen="")
    assert "This network cannot be read" in text(app(world, "explanations", data="tiny", run="alpha"))


def test_without_a_record_grad_cam_is_shown_and_the_command_named(app: Callable, gray_world, no_network) -> None:
    at = app(gray_world, "explanations", data="tiny", run="alpha")
    assert "`python -m ferkit explain alpha --data 'tiny' --split val`" in text(at)
    assert "third of the face" in text(at) and control(at, "maps")["options"] == [["gradcam", "Grad-CAM"]]


def test_a_broken_record_is_one_sentence(app: Callable, explained_world: World) -> None:
    (explained_world.checkpoints / "alpha" / "val-explain.json").write_text('{"run": 3}')
    at = app(explained_world, "explanations", data="tiny", run="alpha")
    assert "val-explain.json cannot be used" in text(at) and "third of the face" in text(at)


@pytest.mark.parametrize("view", ["contrast", "own", "difference", "gradcam"])
@pytest.mark.parametrize("of", ["predicted", "label"])
def test_every_view_of_every_group(app: Callable, explained_world: World, view: str, of: str) -> None:
    at = app(explained_world, "explanations", data="tiny", run="alpha", maps=view, tiles=of, outcome="wrong")
    assert CAPTIONS[of, "wrong"] in text(at)
    word = {"predicted": "predicted", "label": "labelled"}[of]
    assert all(tile[2].endswith(word) for tile in tiles(at)["tiles"])


def test_a_tile_keeps_its_meaning_and_its_mark(app: Callable, explained_world: World) -> None:
    """Another outcome changes neither whose class a tile has nor which is chosen; another meaning moves the choice."""
    at = app(explained_world, "explanations", data="tiny", run="alpha", pred="happy")
    marked, names = tiles(at)["chosen"], [tile[1] for tile in tiles(at)["tiles"]]
    assert names[marked] == "happy"
    for outcome in ("wrong", "right", ""):
        press(at, "outcome", outcome)
        assert tiles(at)["chosen"] == marked and all(tile[2].endswith("predicted") for tile in tiles(at)["tiles"])
    press(at, "tiles", "label")
    selection = at.session_state["selection"]
    assert (selection.true, selection.pred) == ("happy", "") and tiles(at)["chosen"] == marked


def test_a_class_and_a_confusion_have_their_sentence(app: Callable, explained_world: World) -> None:
    label = app(explained_world, "explanations", data="tiny", run="alpha", tiles="label")
    table = open_run("alpha").results().predictions("val")
    predicted = open_run("alpha").results().logits("val").argmax(1)
    wrong = table["label"].to_numpy() != predicted
    pairs = list(zip(table["label"].to_numpy()[wrong], predicted[wrong], strict=True))
    true, pred = max(set(pairs), key=pairs.count)
    names = open_run("alpha").classes
    assert not label.exception
    at = app(explained_world, "explanations", data="tiny", run="alpha", true=names[true], pred=names[pred])
    assert f"{names[true]} taken for {names[pred]}" in text(at)
    assert f"Evidence for {names[true]}, in faces labelled so" in charts(at)


def test_two_runs_differ_with_an_interval(app: Callable, explained_world: World) -> None:
    at = app(explained_world, "explanations", data="tiny", run="alpha", base="beta")
    assert any(title.startswith("alpha − beta: evidence for the label") for title in charts(at))


def test_a_baseline_that_was_not_measured_is_named(app: Callable, gray_world, tmp_path, monkeypatch) -> None:
    world = measured(gray_world, tmp_path / "one", monkeypatch)
    assert "No difference from beta" in text(app(world, "explanations", data="tiny", run="alpha", base="beta"))


def explained(at) -> dict:
    assert not at.exception, at.exception
    (data,) = sent(at, "explained")
    return data


def chosen_face() -> str:
    return str(open_run("alpha").results().predictions("val")["id"].iat[0])


def test_one_face_by_two_methods_for_all_classes(app: Callable, explained_world: World) -> None:
    view_ids = app(explained_world, "explanations", data="tiny", run="alpha")
    assert not view_ids.exception
    at = app(explained_world, "explanations", data="tiny", run="alpha", explained=chosen_face())
    shown = explained(at)
    assert [row["title"] for row in shown["rows"]] == ["Contrast", "Grad-CAM"]
    assert [row["tone"] for row in shown["rows"]] == ["better", "worse"]
    names = list(open_run("alpha").classes)
    assert all([cell["title"] for cell in row["cells"]] == names for row in shown["rows"])
    assert sum(cell["strong"] for cell in shown["rows"][0]["cells"]) == 1
    assert all(
        cell["paint"] or cell["problem"].startswith("No map: ") for row in shown["rows"] for cell in row["cells"]
    )


def test_methods_runs_and_one_class_share_a_scale(app: Callable, explained_world: World) -> None:
    app(explained_world, "explanations", data="tiny", run="alpha")
    name = open_run("alpha").classes[0]
    at = app(
        explained_world, "explanations", data="tiny", run="alpha", explained=chosen_face(),
        methods="gradcam,attention-rollout", alongside="beta", one=name,
    )  # fmt: skip
    grad, attention = explained(at)["rows"]
    assert [cell["title"] for cell in grad["cells"]] == ["alpha", "beta"] and "full colour" in grad["scale"]
    assert "does not support this network" in attention["cells"][0]["problem"]


def test_one_class_alone_has_the_same_map(app: Callable, explained_world: World) -> None:
    app(explained_world, "explanations", data="tiny", run="alpha")
    name = open_run("alpha").classes[2]
    query = {"data": "tiny", "run": "alpha", "explained": chosen_face(), "methods": "hirescam"}
    every = explained(app(explained_world, "explanations", **query))["rows"][0]
    alone = explained(app(explained_world, "explanations", **query, one=name))["rows"][0]
    assert len(alone["cells"]) == 1 and alone["title"] == f"HiResCAM, {name}"
    assert bool(alone["cells"][0]["paint"]) == bool(every["cells"][2]["paint"])


def test_parameters_are_drawn_as_declared_and_kept_in_the_address(app: Callable, explained_world: World) -> None:
    app(explained_world, "explanations", data="tiny", run="alpha")
    query = {"explained": chosen_face(), "methods": "contrast", "set": "contrast.steps=2,contrast.steps=x,other.a=1"}
    at = app(explained_world, "explanations", data="tiny", run="alpha", **query)
    steps = at.number_input(key="explanations-set-contrast-steps")
    assert (steps.value, steps.min, steps.max) == (2, 1, 100)
    assert "steps 2" in explained(at)["rows"][0]["scale"]
    steps.set_value(3).run()
    assert at.query_params["set"] in ("contrast.steps%3D3", ["contrast.steps%3D3"])
    assert "steps 3" in explained(at)["rows"][0]["scale"]


def test_a_mean_face_stands_in_where_no_image_is_here(app: Callable, imageless_world) -> None:
    at = app(imageless_world, "explanations", data="tiny", run="alpha", explained="mean 1", methods="gradcam")
    assert explained(at)["rows"][0]["title"] == "Grad-CAM" and "mean face of" in text(at)
    assert "How far to believe this is not measured yet" in explained(at)["rows"][0]["sentence"]


def test_without_weights_it_says_so(app: Callable, gray_world, tmp_path) -> None:
    world = gray_world.copy(tmp_path / "weightless")
    for weights in world.checkpoints.glob("*/model.safetensors"):
        weights.unlink()
    at = app(world, "explanations", data="tiny", run="alpha", explained="0")
    assert not at.exception
    app(world, "explanations", data="tiny", run="alpha")
    at = app(world, "explanations", data="tiny", run="alpha", explained=chosen_face())
    assert "The weights of alpha are not on this machine" in text(at)


def test_the_wall_is_painted_on_demand(app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    calls, explain = [], Classifier.explain

    def spy(self, images, target=None, layer=None):
        calls.append((len(images), layer))
        return explain(self, images, target, layer)

    monkeypatch.setattr(Classifier, "explain", spy)
    at = app(gray_world, "explanations", data="tiny", run="alpha")
    text(at)
    assert not calls
    at.toggle(key="view-painted").set_value(True).run()
    assert control(at, "layer")["options"][-1][1] == "1 of 3: conv 1 (body.0.body.0)"
    press(at, "layer", "body.0.body.0")
    text(at)
    assert [layer for _, layer in calls] == [None, "body.0.body.0"] and all(0 < n <= 24 for n, _ in calls)


def test_colour_faces_and_three_classes(app: Callable, colour_world, tmp_path, monkeypatch) -> None:
    names = [path.name for path in colour_world.checkpoints.iterdir() if (path / "run.json").is_file()]
    world = measured(colour_world, tmp_path / "colour", monkeypatch, names[0])
    at = app(world, "explanations", run=names[0])
    assert "For this run look at" in text(at) and len(tiles(at)["tiles"]) == 3
    first = str(open_run(names[0]).results().predictions("val")["id"].iat[0])
    shown = explained(app(world, "explanations", run=names[0], explained=first, methods="gradcam"))
    assert len(shown["rows"][0]["cells"]) == 3


def test_without_a_run_it_says_how_to_train_one(app: Callable, empty_world) -> None:
    assert "ferkit train" in text(app(empty_world, "explanations"))


def test_what_is_stored_is_shown_without_torch(explained_world: World) -> None:
    script = (
        (
            "import sys\n"
            "from streamlit.testing.v1 import AppTest\n"
            "at = AppTest.from_file('dashboard/app.py', default_timeout=60)\n"
            "at.query_params['data'], at.query_params['run'] = 'tiny', 'alpha'\n"
            "at.run()\n"
            "at.switch_page('pages/explanations.py').run()\n"
            "assert not at.exception, at.exception\n"
            "assert any('For this run look' in text.value for text in at.markdown)\n"
            "heavy = {'torch', 'scipy', 'sklearn', 'umap', 'captum'} & set(sys.modules)\n"
            "assert not heavy, heavy\n"
        )
        .replace("'dashboard/app.py'", repr(str(ROOT / "dashboard/app.py")))
        .replace("'pages/explanations.py'", repr(str(ROOT / "pages/explanations.py")))
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=explained_world.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("view", ["contrast", "gradcam"])
def test_means_with_copies_of_training_faces_say_so(app: Callable, explained_world: World, view: str) -> None:
    """Where they are to be left out, and as many as are among the faces of the group."""
    stored = open_run("alpha").results().predictions("val")
    right = open_run("alpha").results().logits("val").argmax(1) == stored["label"].to_numpy()
    for outcome, group in (("", right | True), ("right", right), ("wrong", ~right)):
        n = int((stored["leaked"].to_numpy(bool) & group).sum())
        asked = {"data": "tiny", "run": "alpha", "maps": view, "outcome": outcome}
        said = "one exact copy of a training face" if n == 1 else f"{n} exact copies of training faces"
        assert (f"The means include {said}" in text(app(explained_world, "explanations", dedup="1", **asked))) == (
            n > 0
        )
        assert "The means include" not in text(app(explained_world, "explanations", **asked))
    assert stored["leaked"].any()
