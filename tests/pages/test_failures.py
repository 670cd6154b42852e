"""Failures: the worst class in words, the matrix, and exactly the faces a Selection holds."""

import json

import numpy as np
import pandas as pd

from ferkit import metrics
from ferkit.runs import open_run


def parts(at, name: str) -> list[dict]:  # type: ignore[no-untyped-def]
    """What was sent to each component of that name."""
    protos = [part.proto for part in at.get("bidi_component") if part.proto.component_name == f"ferkit_{name}"]
    return [json.loads(proto.json) for proto in protos]


def test_without_a_filter_the_gallery_holds_what_is_wrong_most_confident_first(app, gray_world) -> None:
    at = app(gray_world, "failures", run="alpha")
    assert not at.exception
    stored = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")
    sure = metrics.softmax(stored.filter(like="logit ").to_numpy(np.float32), open_run("alpha").temperature)
    wrong = np.flatnonzero(sure.argmax(1) != stored["label"])
    expected = wrong[np.argsort(-sure.max(1)[wrong], kind="stable")].tolist()
    assert [tile[0] for tile in parts(at, "tiles")[0]["tiles"]] == expected
    assert np.sum(parts(at, "matrix")[0]["counts"]) == len(stored)
    assert any("has the lowest recall" in text.value for text in at.markdown)


def test_a_class_in_the_address_shows_all_of_it_and_marks_its_row(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha", true="happy")
    stored = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")
    names = parts(at, "matrix")[0]["classes"]
    happy = set(np.flatnonzero(stored["label"] == names.index("happy")).tolist())
    assert {tile[0] for tile in parts(at, "tiles")[0]["tiles"]} == happy
    assert parts(at, "matrix")[0]["chosen"] == ["happy", ""]
    at.button(key="chip-true").click().run()
    assert parts(at, "matrix")[0]["chosen"] == ["", ""]


def test_the_outcome_and_the_confidence_narrow_the_selection(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha")
    at.segmented_control(key="failures-outcome").set_value("right").run()
    assert at.query_params["outcome"] in ("right", ["right"])
    at.slider(key="failures-confidence").set_value((99, 100)).run()
    assert not at.exception
    assert at.query_params["confidence"] in ("0.99-1", ["0.99-1"])
    assert any("No face fits" in text.value for text in at.info)


def test_all_faces_are_shown_on_request(app, gray_world) -> None:
    at = app(gray_world, "failures", data="tiny", run="alpha")
    at.segmented_control(key="failures-outcome").set_value("all faces").run()
    n = len(pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet"))
    assert len(parts(at, "tiles")[0]["tiles"]) == n
    assert "outcome" not in at.query_params


def test_without_images_the_same_faces_are_listed(app, imageless_world) -> None:
    at = app(imageless_world, "failures", data="tiny", run="alpha", true="happy")
    assert not at.exception
    assert set(at.dataframe[0].value["true"]) == {"happy"}
    assert any("data import" in text.value for text in at.info)


def test_three_colour_classes_fill_a_matrix_of_nine(app, colour_world) -> None:
    at = app(colour_world, "failures", data="colour", run="rgb")
    assert not at.exception
    assert np.shape(parts(at, "matrix")[0]["counts"]) == (3, 3)


def test_without_runs_the_page_shows_the_next_step(app, empty_world) -> None:
    at = app(empty_world, "failures")
    assert not at.exception
    assert any("ferkit train" in text.value for text in at.info)
