"""The gallery: a page of faces at a time, tiles that say what was predicted, a detail next to it."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import view
from dashboard.faces import wall
from dashboard.state import Selection
from ferkit.colours import RIGHT, WRONG


def page(size: int, count: int | None, face: str) -> None:
    from dashboard import state, view
    from dashboard.faces.wall import wall

    state.enter("failures")
    state.current()
    state.adopt(state.Selection(data="tiny", split="val", run="alpha", face=face))
    shown = view.of(state.current())
    wall(shown, shown.rows()[:count], key="test", page=size)


def start(size: int = 60, count: int | None = None, face: str = "") -> AppTest:
    at = AppTest.from_function(page, args=(size, count, face), default_timeout=60).run()
    assert not at.exception
    return at


def shown_view() -> view.View:
    return view.of(Selection(data="tiny", split="val", run="alpha"))


def test_without_a_face_it_says_what_to_do(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    assert "Remove a filter" in start(count=0).info[0].value


def test_faces_are_shown_a_page_at_a_time(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    n = len(shown_view().frame)
    at = start(size=10)
    pages = -(-n // 10)
    assert at.caption[0].value == f"page 1 of {pages} · faces 1–10 of {n}"
    at.number_input(key="view-place").set_value(pages).run()
    assert f"page {pages} of {pages}" in at.caption[0].value and f"–{n} of {n}" in at.caption[0].value
    assert not start(size=n).number_input, "one page needs no choice"


def test_a_face_in_the_address_opens_its_detail(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    face = str(shown_view().frame["id"].iat[3])
    assert any(button.key == "detail-close" for button in start(face=face).button)
    assert not any(button.key == "detail-close" for button in start(face="of another dataset").button)


def test_a_tile_says_what_was_predicted_and_whether_it_is_right(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    shown = shown_view()
    right = shown.frame["right"].to_numpy()
    rows = np.array([np.flatnonzero(right)[0], np.flatnonzero(~right)[0]])
    good, bad = wall._tiles(shown, rows)
    labels: Any = shown.frame["label"].to_numpy()[rows]
    assert [good.title, bad.title] == [shown.classes[i] for i in labels]
    assert (good.colour, bad.colour) == (RIGHT, WRONG) and good.note.endswith("%") and bad.note.startswith("→ ")
