"""Failures: the worst class in words, the matrix, and exactly the faces a Selection holds."""

import numpy as np
import pandas as pd

from dashboard import view
from dashboard.components.gallery import Look
from dashboard.faces import order
from dashboard.state import Selection
from ferkit import metrics
from ferkit.runs import open_run
from tests.galleries import parts, shown
from tests.pages.components import press


def test_without_a_filter_the_gallery_holds_what_is_wrong(app, gray_world) -> None:
    at = app(gray_world, "failures", run="alpha")
    assert not at.exception
    stored = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")
    sure = metrics.softmax(stored.filter(like="logit ").to_numpy(np.float32), open_run("alpha").temperature)
    wrong = np.flatnonzero(sure.argmax(1) != stored["label"])
    assert shown(at) == wrong.tolist() and parts(at, "gallery")[0]["look"]["sort"] == "confidence"
    assert np.sum(parts(at, "matrix")[0]["counts"]) == len(stored)
    assert any("has the lowest recall" in text.value for text in at.markdown)


def test_a_class_in_the_address_shows_all_of_it_and_marks_its_row(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha", true="happy")
    stored = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")
    names = parts(at, "matrix")[0]["classes"]
    assert shown(at) == np.flatnonzero(stored["label"] == names.index("happy")).tolist()
    assert parts(at, "matrix")[0]["chosen"] == ["happy", ""]
    press(at, "chip-true")
    assert parts(at, "matrix")[0]["chosen"] == ["", ""]


def test_the_outcome_and_the_confidence_narrow_the_selection(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha")
    press(at, "outcome", "right")
    assert at.query_params["outcome"] in ("right", ["right"])
    press(at, "confidence", [99, 100])
    assert not at.exception
    assert at.query_params["confidence"] in ("0.99-1", ["0.99-1"])
    assert any("No face fits" in text.value for text in at.info)


def test_all_faces_are_shown_on_request(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha")
    press(at, "outcome", "all faces")
    n = len(pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet"))
    assert len(shown(at)) == n
    assert "outcome" not in at.query_params


def test_without_images_the_same_faces_are_shown_by_name(app, imageless_world) -> None:
    at = app(imageless_world, "failures", data="tiny", run="alpha", true="happy")
    assert not at.exception
    stored = pd.read_parquet(imageless_world.checkpoints / "alpha" / "val.parquet")
    names = parts(at, "matrix")[0]["classes"]
    assert shown(at) == np.flatnonzero(stored["label"] == names.index("happy")).tolist()
    assert parts(at, "gallery")[0]["sprites"] is None
    assert any("data import" in text.value for text in at.caption)


def test_the_arrangement_of_the_gallery_is_in_the_address(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha", sort="loss", group="pred", tile="60")
    assert parts(at, "gallery")[0]["look"] == {"sort": "loss", "up": False, "group": "pred", "size": 60}


def test_next_and_close_step_through_the_gallery_and_leave_it(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha", sort="loss")
    now = view.of(Selection(data="tiny", split="val", run="alpha", outcome="wrong"))
    rows = order.ordered(now, now.rows(), Look(sort="loss"))
    ids = now.frame["id"].to_numpy()[rows]
    at = app(gray_world, "failures", data="tiny", run="alpha", sort="loss", face=ids[3])
    assert any(text.value == f"4 of {len(rows)}" for text in at.caption)
    at.button(key="detail-right").click().run()
    assert at.query_params["face"] in (ids[4], [ids[4]]) and parts(at, "gallery")[0]["chosen"] == rows[4]
    at.button(key="detail-left").click().run()
    assert at.query_params["face"] in (ids[3], [ids[3]])
    at.button(key="detail-close").click().run()
    assert "face" not in at.query_params and parts(at, "gallery")[0]["chosen"] == -1
    assert not any(button.key == "detail-close" for button in at.button)


def test_three_colour_classes_fill_a_matrix_of_nine(app, colour_world) -> None:
    at = app(colour_world, "failures", data="colour", run="rgb")
    assert not at.exception
    assert np.shape(parts(at, "matrix")[0]["counts"]) == (3, 3)
    assert parts(at, "gallery")[0]["sprites"]["side"] == 64


def test_without_runs_the_page_shows_the_next_step(app, empty_world) -> None:
    at = app(empty_world, "failures")
    assert not at.exception
    assert any("ferkit train" in text.value for text in at.info)
