"""Compare: runs tested in pairs, and the faces that one of them fixed or broke."""

import json
import shutil

import numpy as np
import pytest

from dashboard import view
from dashboard.results import changed, pairing, verdict
from dashboard.state import Selection
from ferkit import metrics
from ferkit.evaluate.order import by_confusion
from tests.galleries import parts, shown
from tests.pages.components import control, controls, press

PAIR = {"data": "tiny", "split": "val", "run": "alpha", "base": "beta"}


@pytest.fixture
def aligned(gray_world, monkeypatch):
    gray_world.enter(monkeypatch)
    return pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)


def faces(aligned, mask: np.ndarray) -> list[int]:
    """Rows of the run's own table, ascending."""
    return np.sort(aligned.rows[0][mask]).tolist()


def test_the_verdict_stands_on_top(gray_world, app) -> None:
    at = app(gray_world, "compare", run="alpha", base="beta")
    assert not at.exception
    aligned = pairing.of(["alpha", "beta"], "tiny", "val", dedup=False)
    assert at.markdown[0].value == f"### {verdict.sentence(aligned, 'alpha', 'beta')}"
    assert control(at, "runs")["value"] == ["alpha", "beta"]
    numbers = next(part for part in parts(at, "table") if part["title"] == "Differences in numbers")
    test = pairing.compared(aligned, "beta", "alpha")
    assert numbers["rows"][0][0][0] == "beta"
    assert [cell[1] for cell in numbers["rows"][0][-2:]] == [len(test.fixed), len(test.broken)]


def test_choosing_other_runs_changes_the_selection(gray_world, app) -> None:
    at = app(gray_world, "compare", run="alpha", base="beta")
    press(at, "runs", ["beta"])
    assert (at.session_state["selection"].run, at.session_state["selection"].base) == ("beta", "")
    assert "Choose a second run" in at.info[0].value


@pytest.mark.parametrize("side", ["broken", "both wrong", "disagree", "all"])
def test_the_gallery_holds_the_faces_of_a_side(gray_world, app, aligned, side: str) -> None:
    at = app(gray_world, "compare", **PAIR)
    press(at, "changed", side)
    assert not at.exception
    mask = changed.masks(aligned, "alpha", "beta")[side]
    assert shown(at) == faces(aligned, mask)
    head = f"**{mask.sum():,} {'face' if mask.sum() == 1 else 'faces'}**"
    assert any(text.value.startswith(head) for text in at.markdown)


def test_a_cell_of_either_run_is_marked_in_its_matrix_alone(gray_world, app, aligned) -> None:
    matrix = aligned.matrix("beta")
    i, j = np.unravel_index(int((matrix * ~np.eye(len(matrix), dtype=bool)).argmax()), matrix.shape)
    cell = {"true": aligned.classes[i], "pred": aligned.classes[j], "whose": "beta", "changed": "all"}
    at = app(gray_world, "compare", **PAIR, **cell)
    assert len(shown(at)) == matrix[i, j] > 0
    assert shown(at) == faces(aligned, (aligned.true == i) & (aligned.pred("beta") == j))
    alpha, beta = parts(at, "matrix")
    assert beta["chosen"] == [cell["true"], cell["pred"]] and alpha["chosen"] == ["", ""]
    assert np.sum(alpha["counts"]) == len(aligned.true)


def test_the_difference_is_one_matrix_in_the_order_of_confusion(gray_world, app, aligned) -> None:
    at = app(gray_world, "compare", **PAIR, matrices="difference", order="1", norm="count")
    (sent,) = parts(at, "matrix")
    order = by_confusion(aligned.matrix("alpha") + aligned.matrix("beta"))
    assert sent["classes"] == [aligned.classes[i] for i in order]
    difference = aligned.matrix("alpha") - aligned.matrix("beta")
    assert sent["counts"] == difference[np.ix_(order, order)].tolist()
    press(at, "order", False)
    assert parts(at, "matrix")[0]["classes"] == list(aligned.classes) and "order" not in at.query_params


def test_the_agreement_counts_what_both_predict(gray_world, app, aligned) -> None:
    a, b = aligned.pred("alpha"), aligned.pred("beta")
    both = metrics.confusion(a, b, len(aligned.classes))
    i, j = np.unravel_index(int(both.argmax()), both.shape)
    cell = {"pred": aligned.classes[i], "whose": "alpha", "also": aligned.classes[j], "changed": "all"}
    at = app(gray_world, "compare", **PAIR, matrices="agreement", **cell)
    (sent,) = parts(at, "matrix")
    assert sent["counts"] == both.tolist() and sent["chosen"] == [aligned.classes[i], aligned.classes[j]]
    assert shown(at) == faces(aligned, (a == i) & (b == j))
    press(at, "also")
    assert shown(at) == faces(aligned, a == i)


def test_differences_per_class_and_slice_are_charts_to_click(gray_world, app) -> None:
    at = app(gray_world, "compare", **PAIR)
    titles = [part["title"] for part in parts(at, "chart")]
    assert titles[:2] == ["Difference in recall per class", "Recall per class"]
    assert not [part for part in parts(at, "table") if part["title"] == "Differences per group"]
    at.session_state["groups-numbers"] = True
    at.run()
    (numbers,) = [part for part in parts(at, "table") if part["title"] == "Differences per group"]
    assert {row[0][0] for row in numbers["rows"]} == set(parts(at, "matrix")[0]["classes"])
    press(at, "groups", "slices")
    assert not at.exception
    assert any("data audit tiny" in text.value for text in at.caption)


def test_a_filter_changes_every_number_of_the_page(gray_world, app, aligned) -> None:
    sure = view.of(Selection(data="tiny", split="val", run="alpha")).frame["confidence"].to_numpy()
    middle = round(float(np.median(sure)), 3)
    at = app(gray_world, "compare", **PAIR, confidence=f"0-{middle}")
    low = sure <= middle
    assert not at.exception and np.sum(parts(at, "matrix")[0]["counts"]) == low.sum() < len(aligned.true)
    assert any(f"of the {low.sum():,} that pass the filters" in text.value for text in at.caption)


def test_other_worlds_are_drawn_or_show_the_next_step(colour_world, imageless_world, empty_world, app) -> None:
    at = app(imageless_world, "compare", run="alpha", base="beta")
    assert not at.exception and parts(at, "gallery")[0]["sprites"] is None
    for world in (colour_world, empty_world):
        at = app(world, "compare")
        assert not at.exception and "needs two" in at.info[0].value


def test_three_colour_classes_are_compared(colour_world, app, tmp_path) -> None:
    world = type(colour_world)(tmp_path / "two")
    shutil.copytree(colour_world.path, world.path, dirs_exist_ok=True)
    (first,) = (path.name for path in world.checkpoints.iterdir())
    shutil.copytree(world.checkpoints / first, world.checkpoints / "other")
    at = app(world, "compare", run=first, base="other")
    assert not at.exception
    assert "A tie: no difference in accuracy, p = 1; no class differs significantly." in at.markdown[0].value
    assert len(parts(at, "matrix")[0]["classes"]) == 3


def test_a_shared_address_shows_the_same_view(gray_world, app) -> None:
    looks = {"norm": "column", "measure": "precision", "changed": "broken", "groups": "slices"}
    at = app(gray_world, "compare", **PAIR, **looks)
    assert not at.exception
    chosen = {one["label"]: one.get("value") for one in controls(at).values()}
    assert (chosen["Shares"], chosen["Metric"], chosen["Faces"]) == ("column", "precision", "broken")
    assert any("alpha is wrong, beta is right." in text.value for text in at.markdown)


def test_in_sample_scores_come_with_a_warning(gray_world, app, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "fitted")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    for folder in world.checkpoints.iterdir():
        manifest = json.loads((folder / "run.json").read_text())
        manifest["scores"]["train"] = manifest["scores"]["val"]
        (folder / "run.json").write_text(json.dumps(manifest))
        shutil.copy(folder / "val.parquet", folder / "train.parquet")
    at = app(world, "compare", data="tiny", split="train", run="alpha", base="beta")
    assert not at.exception and at.warning[0].value.startswith("Trained on these faces: alpha, beta.")
