"""Embeddings: the map, what a lasso holds, how it comes back from an address, and a photo placed on it."""

import base64
import json

import numpy as np
import pandas as pd
import pytest

from dashboard.camera.placed import Placed
from dashboard.faces import neighbourhoods
from dashboard.view import in_polygon
from ferkit.embed.overlap import near_classes
from ferkit.runs import open_run
from tests.pages.components import control


def component(at, name: str) -> list[dict]:  # type: ignore[no-untyped-def]
    """What the browser gets for the components of that name."""
    parts = [part.proto for part in at.get("bidi_component") if part.proto.component_name == name]
    return [json.loads(part.json) for part in parts]


def rows_of(bits: str, n: int) -> list[int]:
    packed = np.frombuffer(base64.b64decode(bits), np.uint8)
    return np.flatnonzero(np.unpackbits(packed, bitorder="little")[:n]).tolist()


def places(world, run: str = "alpha", layout: str = "pca") -> np.ndarray:  # type: ignore[no-untyped-def]
    table = pd.read_parquet(world.checkpoints / run / "val-map.parquet")
    return table[[f"{layout}_x", f"{layout}_y"]].to_numpy()


def left_half(points: np.ndarray) -> list[tuple[float, float]]:
    """Corners, as an address writes them, around the half of the points that lie to the left."""
    x, low, high = float(np.median(points[:, 0])), float(points.min() - 1), float(points.max() + 1)
    corners = [(low, low), (x, low), (x, high), (low, high)]
    return [(float(f"{a:.4g}"), float(f"{b:.4g}")) for a, b in corners]


def address(corners: list[tuple[float, float]]) -> str:
    return "_".join(f"{x:.4g},{y:.4g}" for x, y in corners)


def test_a_lasso_in_the_address_is_drawn_and_holds_exactly_the_faces_inside(app, gray_world) -> None:
    corners = left_half(places(gray_world))
    at = app(gray_world, "embeddings", data="tiny", run="alpha", layout="pca", lasso=address(corners))
    assert not at.exception
    (drawn,) = component(at, "ferkit_map")
    assert drawn["layout"] == "pca" and drawn["kept"] == ""
    assert drawn["lasso"] == [list(corner) for corner in corners]
    keep = in_polygon(places(gray_world), np.array(corners))
    assert any(f"**{keep.sum():,} faces**" in text.value and "overall" in text.value for text in at.markdown)
    assert control(at, "chip-lasso")["label"] == "lasso on the PCA map"


def test_faces_that_a_filter_leaves_out_are_dimmed_whatever_the_colour(app, gray_world) -> None:
    stored = pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")
    names = [name.removeprefix("logit ") for name in stored.columns if name.startswith("logit ")]
    for colour in ("", "outcome", "confidence", "prediction"):
        at = app(gray_world, "embeddings", data="tiny", run="alpha", true="happy", colour=colour)
        assert not at.exception
        (drawn,) = component(at, "ferkit_map")
        assert rows_of(drawn["kept"], len(stored)) == np.flatnonzero(stored["label"] == names.index("happy")).tolist()
        assert drawn["colour"] == {"": "label", "prediction": "pred"}.get(colour, colour)


def test_a_lasso_on_the_baselines_map_is_linked_by_face(app, gray_world) -> None:
    points = places(gray_world, "beta", "umap")
    corners = left_half(points)
    query = {"run": "alpha", "base": "beta", "beside": "1", "on": "base", "lasso": address(corners)}
    at = app(gray_world, "embeddings", data="tiny", **query)
    assert not at.exception
    own, other = component(at, "ferkit_map")
    assert (own["title"].split()[-1], other["title"].split()[-1]) == ("alpha", "beta")
    assert own["link"] and own["link"] == other["link"]
    inside = np.flatnonzero(in_polygon(points, np.array(corners))).tolist()
    assert own["lasso"] == [] and rows_of(own["elsewhere"], len(points)) == inside
    assert other["lasso"] == [list(corner) for corner in corners] and other["kept"] == other["elsewhere"] == ""


def test_a_photo_is_placed_where_its_neighbours_are_and_can_be_removed(app, gray_world) -> None:
    at = app(gray_world, "embeddings", data="tiny", run="alpha")
    run = open_run("alpha")
    at.session_state["placed"] = Placed(run.key, run.results().features("val")[7], "your photo: happy 90%", "data:,")
    at.run()
    assert not at.exception
    (mark,) = component(at, "ferkit_map")[0]["marks"]
    for layout in ("umap", "pca"):
        np.testing.assert_allclose(mark["places"][layout], places(gray_world, layout=layout)[7], atol=0.05)
    at.button(key="placed-remove").click().run()
    assert component(at, "ferkit_map")[0]["marks"] == []


def test_an_open_face_shows_its_neighbours_and_marks_those_of_another_class(app, gray_world) -> None:
    face = str(pd.read_parquet(gray_world.checkpoints / "alpha" / "val.parquet")["id"].iloc[3])
    at = app(gray_world, "embeddings", data="tiny", run="alpha", face=face)
    assert not at.exception
    assert component(at, "ferkit_map")[0]["open"] == 3
    assert any("Nearest faces" in text.value for text in at.markdown)
    assert any("Those of train are not stored" in text.value for text in at.caption)


def test_a_cell_of_the_overlap_leads_to_faces_with_such_neighbours(app, gray_world) -> None:
    at = app(gray_world, "embeddings", data="tiny", run="alpha", true="happy", slices="near happy:0.2:1")
    assert not at.exception
    world = gray_world.checkpoints / "alpha"
    stored = pd.read_parquet(world / "val.parquet")
    names = [name.removeprefix("logit ") for name in stored.columns if name.startswith("logit ")]
    happy = names.index("happy")
    labels = stored["label"].to_numpy()
    shares = near_classes(np.load(world / "val-features.npy"), labels, len(names))
    expected = np.flatnonzero((labels == happy) & (shares[:, happy] >= np.float32(0.2))).tolist()
    assert expected and rows_of(component(at, "ferkit_map")[0]["kept"], len(labels)) == expected
    at = app(gray_world, "embeddings", data="tiny", run="alpha", true="happy", slices="near happy:0.5:1")
    overlap = next(one for one in component(at, "ferkit_chart") if "neighbours of each class" in one["title"])
    assert ["happy", "happy"] in overlap["chosen"]


def test_a_table_of_the_features_neighbours_in_a_sentence() -> None:
    table = np.array([[0.9, 0.1], [0.6, 0.4]])
    sentence = neighbourhoods.sentence(table, ("fear", "sad"))
    assert sentence.endswith("sad is mixed most: 40% have the same label, 60% are fear.")


@pytest.mark.parametrize(
    ("world", "data", "run"), [("colour_world", "colour", "rgb"), ("imageless_world", "tiny", "beta")]
)
def test_other_worlds_draw(request, app, world: str, data: str, run: str) -> None:
    at = app(request.getfixturevalue(world), "embeddings", data=data, run=run)
    assert not at.exception
    assert any("is separated best" in text.value for text in at.markdown)
    (drawn,) = component(at, "ferkit_map")
    assert (drawn["sprites"] is None) == (world == "imageless_world")
    assert drawn["layouts"] == {"umap": "UMAP", "pca": "PCA"} and drawn["layout"] == "umap"


def test_without_a_map_the_command_that_makes_it(app, imageless_world) -> None:
    (imageless_world.checkpoints / "alpha" / "val-map.parquet").unlink()
    at = app(imageless_world, "embeddings", data="tiny", run="alpha")
    assert not at.exception
    assert any("ferkit evaluate alpha --data 'tiny' --split val" in text.value for text in at.info)


def test_without_runs_the_page_shows_the_next_step(app, empty_world) -> None:
    at = app(empty_world, "embeddings")
    assert not at.exception
    assert any("ferkit train" in text.value for text in at.info)
