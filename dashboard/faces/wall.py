"""The gallery every selection ends in, and the detail a face in it opens."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from dashboard import parameters, words
from dashboard.components.events import selected
from dashboard.components.tiles import Tile, tile_grid
from dashboard.faces import detail
from dashboard.state import bind, current, narrow, value
from dashboard.view import View, bring_images
from ferkit.colours import RIGHT, WRONG

__all__ = ["Notes", "wall"]

PAGE = 60  # faces
Paint = Callable[
    [np.ndarray, np.ndarray], np.ndarray
]  # images (N, H, W[, 3]) and their rows (N,) -> images to show instead
Notes = Callable[[np.ndarray], list[str]]  # rows (N,) -> what stands under each face


def wall(
    view: View,
    rows: np.ndarray,
    *,
    key: str,
    page: int = PAGE,
    size: int = 84,
    paint: Paint | None = None,
    notes: Notes | None = None,
) -> None:
    """The faces at `rows` in that order, a page of them at a time; a click opens the detail panel next to them.

    `paint` draws over the faces of a page, `notes` replaces the prediction and confidence under them;
    `size` is a tile's width in pixels.
    """
    if not len(rows):
        st.info("No face fits this selection. Remove a filter above.", icon=":material/search_off:")
        return
    opened = _opened(view)
    ids = view.frame["id"]

    def choose(row: int) -> None:
        narrow(face=str(ids.iat[row]))

    left, right = st.columns([3, 2], gap="large") if opened is not None else (st.container(), None)
    with left:
        shown = _page(rows, page)
        if view.images.here:
            images = paint(_images(view, shown), shown) if paint else _images(view, shown)
            tiles = _tiles(view, shown)
            if notes is not None:
                tiles = [replace(tile, note=note) for tile, note in zip(tiles, notes(shown), strict=True)]
            tile_grid(images, tiles, key=f"{key}-gallery", size=size, chosen=opened, on_click=choose)
        else:
            _list(view, shown, key, choose)
    if opened is not None and right is not None:
        with right:
            detail.show(view, opened)


def _opened(view: View) -> int | None:
    matches = np.flatnonzero(view.frame["id"].to_numpy() == current().face)
    return int(matches[0]) if len(matches) else None


def _page(rows: np.ndarray, size: int) -> np.ndarray:
    pages = -(-len(rows) // size)
    page = 1
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            place = bind(parameters.PLACE, range(1, pages + 1))
            st.number_input("Page of faces", 1, pages, width=140, label_visibility="collapsed", **place)
            page = value(parameters.PLACE, range(1, pages + 1))
            st.caption(
                f"page {page} of {pages} · faces {(page - 1) * size + 1:,}–{min(page * size, len(rows)):,} "
                f"of {len(rows):,}"
            )
    return rows[(page - 1) * size : page * size]


def _images(view: View, rows: np.ndarray) -> np.ndarray:
    images, faces = view.images, view.images.faces
    assert faces is not None
    pixels = faces.images[np.maximum(images.places[rows], 0)].copy()
    pixels[images.places[rows] < 0] = 128  # a face of the run that this copy of the dataset lacks
    return pixels


def _tiles(view: View, rows: np.ndarray) -> list[Tile]:
    part = view.frame.iloc[rows]
    faces = zip(rows.tolist(), part["label"].tolist(), part["pred"].tolist(), part["confidence"].tolist(), strict=True)
    return [
        _tile(row, view.classes[label], view.classes[pred], words.percent(sure, 0)) for row, label, pred, sure in faces
    ]


def _tile(row: int, true: str, pred: str, sure: str) -> Tile:
    return Tile(row, true, sure, RIGHT) if true == pred else Tile(row, true, f"→ {pred} {sure}", WRONG)


def _list(view: View, rows: np.ndarray, key: str, choose: Callable[[int], None]) -> None:
    """Without images: the same faces as a table."""
    bring_images(view.selection.data)
    part = view.frame.iloc[rows]
    table = {
        "face": part["id"],
        "true": [view.classes[i] for i in part["label"]],
        "predicted": [view.classes[i] for i in part["pred"]],
        "confidence": part["confidence"] * 100,
        "also in train": part["leaked"],
    }
    config = {"confidence": st.column_config.ProgressColumn("confidence", format="%.0f%%", min_value=0, max_value=100)}
    place = f"{key}-list-{len(rows)}"

    def select() -> None:
        if (chosen := selected(place).get("rows")) and chosen[0] < len(rows):
            choose(int(rows[chosen[0]]))

    st.dataframe(table, hide_index=True, column_config=config, on_select=select, selection_mode="single-row", key=place)
