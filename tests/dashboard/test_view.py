"""The View: filters give the faces they name, a polygon contains the points inside it."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.scored import table
from dashboard.state import Selection
from dashboard.view import View, in_polygon
from ferkit import metrics
from ferkit.runs import open_run
from tests.worlds import World


@pytest.fixture
def shown(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> View:
    gray_world.enter(monkeypatch)
    run = open_run("alpha")
    results = run.results()
    return View(run, results, "val", table(results, "val"), Selection(data="tiny", split="val", run="alpha"))


def test_every_face_most_confident_first(shown: View) -> None:
    rows = shown.rows()
    assert sorted(rows) == list(range(len(shown.frame)))
    assert (np.diff(shown.frame["confidence"].to_numpy()[rows]) <= 0).all()
    np.testing.assert_allclose(shown.probabilities.max(1), shown.frame["confidence"])


def test_rows_and_counts_are_those_of_the_table(shown: View) -> None:
    frame = shown.frame
    chosen = replace(shown, selection=replace(shown.selection, outcome="wrong"))
    rows = np.flatnonzero(~frame["right"].to_numpy())
    rows = rows[np.argsort(-frame["confidence"].to_numpy()[rows], kind="stable")]
    assert chosen.rows().tolist() == rows.tolist()
    labels, preds = (frame[name].to_numpy()[rows] for name in ("label", "pred"))
    np.testing.assert_array_equal(chosen.confusion(rows), metrics.confusion(labels, preds, len(shown.classes)))


def test_a_filter_gives_exactly_its_faces(shown: View) -> None:
    frame, classes = shown.frame, shown.classes
    chosen = replace(shown, selection=replace(shown.selection, true="happy", outcome="wrong", confidence=(0.0, 0.6)))
    expected = np.flatnonzero(
        (frame["label"] == classes.index("happy")) & ~frame["right"] & (frame["confidence"] <= 0.6)
    )
    assert sorted(chosen.rows()) == list(expected)
    everything = sorted(chosen.rows(ignore=("outcome", "confidence")))
    assert everything == list(np.flatnonzero(frame["label"] == classes.index("happy")))


def test_an_unknown_class_filters_nothing(shown: View) -> None:
    assert len(replace(shown, selection=replace(shown.selection, true="bored")).rows()) == len(shown.frame)


def test_a_polygon_contains_the_points_inside() -> None:
    arrow = np.array([[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]])  # not convex
    points = np.array([[1, 1], [3.5, 2.5], [2, 2], [5, 1], [2, 0.5], [-1, 1]])
    assert in_polygon(points, arrow).tolist() == [True, True, False, False, True, False]
    circle = np.stack([np.cos(np.linspace(0, 2 * np.pi, 60)), np.sin(np.linspace(0, 2 * np.pi, 60))], 1)
    cloud = np.random.default_rng(0).uniform(-1.5, 1.5, (2000, 2))
    agrees = in_polygon(cloud, circle) == (np.hypot(*cloud.T) < 1)
    assert agrees.mean() > 0.99


def test_tags_slices_and_names_narrow_too(shown: View) -> None:
    def rows(**chosen: object) -> list[int]:
        return sorted(replace(shown, selection=replace(shown.selection, **chosen)).rows())

    frame = shown.frame
    second = ~frame["right"] & (frame["second"] == frame["label"])
    assert rows(tags=("second guess right",)) == list(np.flatnonzero(second)) and second.any()
    low, high = frame["loss"].quantile([0.2, 0.6])
    assert rows(slices=(("loss", low, high),)) == list(np.flatnonzero(frame["loss"].between(low, high)))
    assert rows(tags=("no such tag",), slices=(("no such column", 0.0, 1.0),)) == list(range(len(frame)))
    name = str(frame["id"].iat[7])
    assert rows(find=name.upper()) == [7] and rows(find="(no such") == []


def test_de_duplicated_leaves_out_copies_of_training_faces(shown: View) -> None:
    frame = shown.frame.assign(leaked=np.arange(len(shown.frame)) % 3 == 0)
    copied = replace(shown, frame=frame)
    assert len(copied.rows()) == len(frame)
    assert (replace(copied, dedup=True).rows() % 3 != 0).all()
    assert replace(copied, dedup=True).counted.sum() == (~frame["leaked"]).sum()


def test_a_lasso_on_the_baselines_map_gives_the_faces_inside_it_there(
    shown: View, gray_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    gray_world.enter(monkeypatch)
    places = open_run("beta").results().layout("val")
    x, y = places["pca_x"].median(), places["pca_y"].median()
    box = ((-1e4, -1e4), (x, -1e4), (x, y), (-1e4, y))
    chosen = replace(shown.selection, base="beta", lasso=box, layout="pca", on="base")
    inside = set(places["id"][(places["pca_x"] < x) & (places["pca_y"] < y)])
    assert set(shown.frame["id"].iloc[replace(shown, selection=chosen).rows()]) == inside and inside
