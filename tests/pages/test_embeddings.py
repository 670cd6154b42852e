"""Embeddings: the map, what a lasso holds, and how it comes back from an address."""

import json

import numpy as np
import pandas as pd
import pytest
import streamlit as st

from dashboard.charts import maps
from dashboard.faces import lasso, neighbourhoods
from dashboard.view import in_polygon
from ferkit.colours import of_classes

NAMES = ("fear", "sad")
POINTS = maps.Points(
    places=np.array([[0, 0], [1, 0], [0, 1], [5, 5]], np.float32),
    labels=np.array([0, 0, 1, 1]),
    preds=np.array([0, 1, 1, 0]),
    confidence=np.array([0.9, 0.6, 0.8, 0.7]),
    kept=np.array([True, True, True, False]),
)
SQUARE = {"lasso": [{"x": [-1, 2, 2, -1], "y": [-1, -1, 2, 2]}]}


def figure(by: str, outline: lasso.Polygon = ()):  # type: ignore[no-untyped-def]
    return maps.scatter(POINTS, NAMES, of_classes(NAMES), by, "faces", outline)


def test_a_trace_per_class_and_one_below_for_what_is_dimmed() -> None:
    traces = {trace.name: trace for trace in figure("label").data}
    assert list(traces) == ["other faces", "fear", "sad"]
    assert list(traces["fear"].x) == [0, 1] and list(traces["fear"].text) == ["fear", "sad"]
    assert traces["other faces"].marker.opacity < 0.3 and list(traces["other faces"].x) == [5]
    assert all(np.asarray(trace.x).dtype == np.float32 for trace in traces.values())


@pytest.mark.parametrize(("by", "names"), [("prediction", {"fear", "sad"}), ("outcome", {"right", "wrong"})])
def test_the_legend_names_each_colour_once(by: str, names: set[str]) -> None:
    traces = [trace for trace in figure(by).data if trace.showlegend]
    assert sorted(trace.name for trace in traces) == sorted(names)


def test_confidence_has_a_scale_in_percent() -> None:
    made = figure("confidence")
    assert made.layout.coloraxis.cmax == 100
    assert sorted(float(v) for trace in made.data[1:] for v in trace.marker.color) == pytest.approx([60, 80, 90])


def test_a_lasso_of_an_address_is_drawn_over_the_map() -> None:
    assert not figure("label").layout.shapes
    assert figure("label", ((0, 0), (1, 0), (1, 1))).layout.shapes[0].path == "M0,0L1,0L1,1Z"


def test_a_drawn_lasso_is_thinned_and_rounded_to_what_an_address_holds() -> None:
    turn = np.linspace(0, 2 * np.pi, 400)
    corners = lasso.polygon({"lasso": [{"x": 10 * np.cos(turn), "y": 10 * np.sin(turn)}]})
    assert 50 <= len(corners) <= lasso.CORNERS
    assert all(float(f"{value:.4g}") == value for corner in corners for value in corner)
    around = np.array([[0, 0], [9.5, 0], [10.5, 0]])
    assert in_polygon(around, np.array(corners)).tolist() == [True, True, False]


def test_a_box_becomes_its_four_corners_and_nothing_stays_nothing() -> None:
    assert lasso.polygon({"box": [{"x": [0, 2], "y": [1, 3]}]}) == ((0, 1), (2, 1), (2, 3), (0, 3))
    assert lasso.polygon({"box": [], "lasso": []}) == lasso.polygon({}) == ()
    assert lasso.polygon({"lasso": [{"x": [0, 1], "y": [0, 1]}]}) == ()


def test_a_chart_keeps_its_key_while_its_own_lasso_is_the_selections(monkeypatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    first = lasso.chart("map", ())
    assert first.outline == ()
    st.session_state[first.key] = {"selection": SQUARE}
    drawn = lasso.polygon(SQUARE)
    assert lasso.chart("map", drawn) == first  # plotly shows it already
    recoloured = lasso.chart("map by outcome", drawn)
    assert recoloured.outline == drawn  # another figure has forgotten it
    st.session_state["map-chart"] = first
    assert lasso.chart("map", ()).turn == first.turn + 1  # the chip was clicked: away with plotly's outline too


def test_neighbours_of_two_far_groups_are_their_own() -> None:
    rng = np.random.default_rng(0)
    features = np.concatenate([rng.normal([9, 0], 0.1, (40, 2)), rng.normal([0, 9], 0.1, (40, 2))])
    table = neighbourhoods.mixing(features, np.repeat([0, 1], 40), 3)
    assert table[:2, :2].tolist() == [[1, 0], [0, 1]] and np.isnan(table[2]).all()
    table = np.array([[0.9, 0.1], [0.6, 0.4]])
    assert neighbourhoods.sentence(table, NAMES).endswith("sad is mixed most: 40% have the same label, 60% are fear.")


def gallery(at) -> list[int]:  # type: ignore[no-untyped-def]
    walls = [
        json.loads(part.proto.json) for part in at.get("bidi_component") if part.proto.component_name == "ferkit_tiles"
    ]
    return [tile[0] for tile in walls[0]["tiles"]] if walls else []


def test_a_lasso_in_the_address_shows_exactly_the_faces_inside(app, gray_world) -> None:
    places = pd.read_parquet(gray_world.checkpoints / "alpha" / "val-map.parquet")[["pca_x", "pca_y"]].to_numpy()
    x, low, high = float(np.median(places[:, 0])), *(float(v) for v in (places.min() - 1, places.max() + 1))
    corners = [(low, low), (x, low), (x, high), (low, high)]
    at = app(
        gray_world,
        "embeddings",
        data="tiny",
        run="alpha",
        layout="pca",
        lasso="_".join(f"{a:.4g},{b:.4g}" for a, b in corners),
    )
    assert not at.exception
    keep = in_polygon(places, np.array([[float(f"{v:.4g}") for v in corner] for corner in corners]))
    assert sorted(gallery(at)) == np.flatnonzero(keep).tolist()
    assert any(f"**{keep.sum():,} faces**" in text.value and "overall" in text.value for text in at.markdown)
    assert any("lasso on the PCA map" in button.label for button in at.button)
    at.segmented_control(key="map-layout").set_value("UMAP").run()
    assert "lasso" not in at.query_params and gallery(at) == []


def test_each_colouring_draws(app, gray_world) -> None:
    at = app(gray_world, "embeddings", data="tiny", run="alpha", true="happy")
    for by in maps.COLOURINGS:
        at.segmented_control(key="view-colour").set_value(by).run()
        assert not at.exception


@pytest.mark.parametrize(
    ("world", "data", "run"), [("colour_world", "colour", "rgb"), ("imageless_world", "tiny", "beta")]
)
def test_other_worlds_draw(request, app, world: str, data: str, run: str) -> None:
    at = app(request.getfixturevalue(world), "embeddings", data=data, run=run)
    assert not at.exception
    assert any("is separated best" in text.value for text in at.markdown)


def test_without_a_map_the_command_that_makes_it(app, imageless_world) -> None:
    (imageless_world.checkpoints / "alpha" / "val-map.parquet").unlink()
    at = app(imageless_world, "embeddings", data="tiny", run="alpha")
    assert not at.exception
    assert any("ferkit evaluate alpha --data 'tiny' --split val" in text.value for text in at.info)


def test_without_runs_the_page_shows_the_next_step(app, empty_world) -> None:
    at = app(empty_world, "embeddings")
    assert not at.exception
    assert any("ferkit train" in text.value for text in at.info)
