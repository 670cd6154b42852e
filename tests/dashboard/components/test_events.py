"""Events of components: read where they are, ignored where their page is gone or what they send makes no sense."""

from typing import Any

import numpy as np
import pytest
import streamlit as st

from dashboard import parameters
from dashboard.components import gallery as galleries
from dashboard.components import matrix as matrices
from dashboard.components import tiles as grids
from dashboard.components.events import event, selected


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for the session's state."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", values)
    return values


class Mounted:
    """Stands in for a mounted component: keeps its callbacks, and returns what was just sent."""

    def __init__(self, **sent: Any) -> None:
        self.__dict__.update(sent)
        self.callback: Any = None

    def __call__(self, *, data: Any, key: str, **callbacks: Any) -> "Mounted":
        self.callback, *_ = callbacks.values()
        self.callbacks = callbacks
        return self


def test_an_event_is_read_by_its_name(state: dict[str, Any]) -> None:
    state["cells"] = {"cell": ["fear", "sad"]}
    state["chart"] = {"selection": {"points": [1]}}
    assert event("cells", "cell") == ["fear", "sad"] and event("cells", "face") is None
    assert selected("chart") == {"points": [1]}


@pytest.mark.parametrize("value", [None, 3, "text", {"selection": None}, {}])
def test_a_component_that_left_no_state_sends_nothing(state: dict[str, Any], value: Any) -> None:
    assert event("gone", "cell") is None and selected("gone") == {}
    state["here"] = value
    assert event("here", "cell") is None and selected("here") == {}


@pytest.mark.parametrize(("sent", "row"), [(4, 4), (5, None), ("x", None), ([4], None), (None, None)])
def test_a_grid_takes_clicks_on_its_own_faces_only(
    state: dict[str, Any], monkeypatch: pytest.MonkeyPatch, sent: Any, row: int | None
) -> None:
    mounted, clicks = Mounted(face=sent), []
    monkeypatch.setattr(grids, "_component", mounted)
    tiles = [grids.Tile(4, "fear"), grids.Tile(7, "sad")]
    images = np.zeros((2, 8, 8), np.uint8)
    assert grids.tile_grid(images, tiles, key="faces", on_click=clicks.append) == row
    mounted.callback()  # the page was left: there is no state
    assert clicks == []
    state["faces"] = {"face": sent}
    mounted.callback()
    assert clicks == ([] if row is None else [row])


@pytest.mark.parametrize(
    ("sent", "row"), [(4, 4), (4.0, 4), (0, 0), (-1, None), (4.5, None), ("x", None), ([4], None), (None, None)]
)
def test_a_gallery_takes_a_click_on_a_row(
    state: dict[str, Any], monkeypatch: pytest.MonkeyPatch, sent: Any, row: int | None
) -> None:
    mounted, clicks = Mounted(), []
    monkeypatch.setattr(galleries, "_component", mounted)
    faces = galleries.Faces("/table", "", None)
    galleries.gallery(faces, galleries.Look(), key="faces", label="faces", on_click=clicks.append)
    mounted.callbacks["on_face_change"]()  # the page was left: there is no state
    state["faces"] = {"face": sent}
    mounted.callbacks["on_face_change"]()
    assert clicks == ([] if row is None else [row])


LOOK = {"sort": "loss", "up": True, "group": "pred", "size": 60}


@pytest.mark.parametrize(
    "change",
    [{}, {"sort": "x"}, {"up": 1}, {"group": "y"}, {"size": 43}, {"size": 161}, {"size": "60"}, {"size": None}],
)
def test_a_gallery_takes_looks_that_make_sense(
    state: dict[str, Any], monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    mounted, looks = Mounted(), []
    monkeypatch.setattr(galleries, "_component", mounted)
    faces = galleries.Faces("/table", "", None)
    galleries.gallery(faces, galleries.Look(), key="faces", label="faces", on_look=looks.append)
    state["faces"] = {"look": LOOK | change}
    mounted.callbacks["on_look_change"]()
    assert looks == ([galleries.Look("loss", True, "pred", 60)] if not change else [])


def test_what_a_gallery_may_be_is_what_the_address_may_say() -> None:
    for parameter, options in ((parameters.SORT, galleries.SORTS), (parameters.GROUP, galleries.GROUPS)):
        assert [parameter.parse(option) for option in options] == list(options) and parameter.parse("?") is None
    size = parameters.TILE_SIZE
    assert [size.parse(str(n)) is None for n in (galleries.SMALLEST - 1, galleries.SMALLEST)] == [True, False]
    assert [size.parse(str(n)) is None for n in (galleries.LARGEST + 1, galleries.LARGEST)] == [True, False]
    default = (parameters.SORT.default, parameters.ASCENDING.default, parameters.GROUP.default, size.default)
    assert galleries.Look(*default) == galleries.Look()


@pytest.mark.parametrize(
    ("sent", "cell"),
    [
        (["fear", "sad"], ("fear", "sad")), (["fear", ""], ("fear", "")), (["", "sad"], ("", "sad")), (["", ""], None),
        (["fear", "joy"], None), (["fear"], None), ("fear", None), (None, None), ([["fear"], "sad"], None),
    ],
)  # fmt: skip
def test_a_matrix_takes_clicks_on_its_own_classes_only(
    state: dict[str, Any], monkeypatch: pytest.MonkeyPatch, sent: Any, cell: tuple[str, str] | None
) -> None:
    mounted, clicks = Mounted(cell=sent), []
    monkeypatch.setattr(matrices, "_component", mounted)

    def click(true: str, pred: str) -> None:
        clicks.append((true, pred))

    counts = np.array([[3, 1], [0, 2]])
    matrices.matrix(counts, ("fear", "sad"), "row", key="cells", on_click=click)
    mounted.callback()  # the page was left: there is no state
    assert clicks == []
    state["cells"] = {"cell": sent}
    mounted.callback()
    assert clicks == ([] if cell is None else [cell])
