"""The gallery: all faces of a Selection at once, pages of painted ones, and the detail of an open face."""

from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import view
from dashboard.components.gallery import Look
from dashboard.faces import columns, detail, order, wall
from dashboard.state import Selection
from ferkit.colours import RIGHT, WRONG
from tests.galleries import parts, shown


@pytest.fixture(autouse=True)
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stand-in page has no neighbours to link to."""
    monkeypatch.setattr(detail, "_links", lambda: None)


def page(count: int | None, face: str, paint: bool, notes: bool, true: str) -> None:
    from dashboard import state, view
    from dashboard.faces.wall import wall

    state.enter("failures")
    state.current()
    state.adopt(state.Selection(data="tiny", split="val", run="alpha", face=face, true=true))
    now = view.of(state.current())
    options = {"paint": lambda images, rows: images, "page": 10} if paint else {}
    wall(
        now,
        now.rows()[:count],
        key="test",
        notes=(lambda rows: [f"{i % 2}" for i in rows]) if notes else None,
        **options,
    )


def start(
    count: int | None = None, face: str = "", paint: bool = False, notes: bool = False, true: str = ""
) -> AppTest:
    at = AppTest.from_function(page, args=(count, face, paint, notes, true), default_timeout=60).run()
    assert not at.exception
    return at


def shown_view() -> view.View:
    return view.of(Selection(data="tiny", split="val", run="alpha"))


def test_without_a_face_it_says_what_to_do(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    assert start(count=0).info[0].value == "No face fits this selection."
    assert "Remove a filter" in start(count=0, true="happy").info[0].value


def test_all_faces_are_in_one_gallery_that_fetches_them_itself(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    at, now = start(count=20), shown_view()
    (sent,) = parts(at, "gallery")
    assert shown(at) == sorted(now.rows()[:20].tolist())
    assert sent["table"] == columns.table_url(now) and sent["sprites"]["side"] == 48
    assert sent["look"] == {"sort": "confidence", "up": False, "group": "", "size": 84}
    assert (sent["chosen"], sent["names"], sent["notes"]) == (-1, "", None)
    assert not at.number_input, "there are no pages"


def test_notes_are_sent_once_each_in_the_order_of_the_rows(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    at = start(count=9, notes=True)
    notes = parts(at, "gallery")[0]["notes"]
    assert [notes["texts"][code] for code in notes["codes"]] == [str(row % 2) for row in shown(at)]
    assert len(notes["texts"]) <= 2


def test_painted_faces_are_shown_a_page_at_a_time(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    n = len(shown_view().frame)
    at = start(paint=True)
    pages = -(-n // 10)
    assert at.caption[0].value == f"page 1 of {pages} · faces 1–10 of {n}"
    at.number_input(key="view-place").set_value(pages).run()
    assert f"page {pages} of {pages}" in at.caption[0].value and f"–{n} of {n}" in at.caption[0].value
    assert len(parts(at, "tiles")[0]["tiles"]) == n - 10 * (pages - 1)
    assert not start(count=10, paint=True).number_input, "one page needs no choice"


def test_a_face_in_the_address_opens_its_detail(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    face = str(shown_view().frame["id"].iat[3])
    at = start(face=face)
    assert any(button.key == "detail-close" for button in at.button) and parts(at, "gallery")[0]["chosen"] == 3
    assert not any(button.key == "detail-close" for button in start(face="of another dataset").button)


def test_without_images_the_file_names_are_offered(imageless_world, monkeypatch: pytest.MonkeyPatch) -> None:
    imageless_world.enter(monkeypatch)
    at = start(count=5)
    (sent,) = parts(at, "gallery")
    assert sent["sprites"] is None and sent["names"].startswith("/ferkit/")
    assert len(at.caption) == 1 and "ferkit data import" in at.caption[0].value


def test_a_tile_says_what_was_predicted_and_whether_it_is_right(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    now = shown_view()
    right = now.frame["right"].to_numpy()
    rows = np.array([np.flatnonzero(right)[0], np.flatnonzero(~right)[0]])
    good, bad = wall._tiles(now, rows)
    labels: Any = now.frame["label"].to_numpy()[rows]
    assert [good.title, bad.title] == [now.classes[i] for i in labels]
    assert (good.colour, bad.colour) == (RIGHT, WRONG) and good.note.endswith("%") and bad.note.startswith("→ ")


def test_the_order_is_by_a_column_then_by_group(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    gray_world.enter(monkeypatch)
    now = shown_view()
    rows, loss = now.rows()[:30], now.frame["loss"].to_numpy()
    by_loss = order.ordered(now, rows, Look(sort="loss", up=True))
    assert sorted(by_loss) == sorted(rows) and (np.diff(loss[by_loss].astype(np.float32)) >= 0).all()
    assert order.ordered(now, rows, Look(sort="file", up=True)).tolist() == sorted(rows.tolist())
    assert order.ordered(now, rows, Look(sort="file")).tolist() == sorted(rows.tolist())[::-1]
    grouped = order.ordered(now, rows, Look(group="pred"))
    pred, sure = (now.frame[name].to_numpy() for name in ("pred", "confidence"))
    assert (np.diff(pred[grouped]) >= 0).all()
    for code in np.unique(pred[grouped]):
        assert (np.diff(sure[grouped[pred[grouped] == code]].astype(np.float32)) <= 0).all()
    first = order.ordered(now, rows, Look(group="outcome"))[0]
    assert not now.frame["right"].iat[first] or now.frame["right"].to_numpy()[rows].all(), "wrong comes before right"
