"""The gallery every selection ends in, and the detail a face in it opens."""

import numpy as np
import streamlit as st

from dashboard import detail, words
from dashboard.colours import RIGHT, WRONG
from dashboard.gallery import Tile, gallery
from dashboard.state import current, narrow
from dashboard.view import View

__all__ = ["wall"]

SCREENFUL = 60


def wall(view: View, rows: np.ndarray, *, key: str, screenful: int = SCREENFUL) -> None:
    """The faces at `rows` in that order, a screenful at a time; a click opens the detail panel beside them."""
    if not len(rows):
        st.info("No face fits this selection. Remove a filter above.", icon=":material/search_off:")
        return
    opened = _opened(view)
    left, right = st.columns([3, 2], gap="large") if opened is not None else (st.container(), None)
    with left:
        shown = _screenful(rows, key, screenful)
        if view.images.here:
            clicked = gallery(_images(view, shown), [_tile(view, row) for row in shown], key=f"{key}-gallery", chosen=opened)
        else:
            clicked = _list(view, shown, key)
    if clicked is not None and clicked != opened:
        narrow(face=str(view.frame["id"].iat[clicked]))
        st.rerun()
    if opened is not None and right is not None:
        with right:
            detail.show(view, opened)


def _opened(view: View) -> int | None:
    found = np.flatnonzero(view.frame["id"].to_numpy() == current().face)
    return int(found[0]) if len(found) else None


def _screenful(rows: np.ndarray, key: str, size: int) -> np.ndarray:
    pages = -(-len(rows) // size)
    page = 1
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            page = int(st.number_input("Screenful", 1, pages, 1, key=f"{key}-page-{len(rows)}", width=140, label_visibility="collapsed"))
            st.caption(f"screenful {page} of {pages} · faces {(page - 1) * size + 1:,}–{min(page * size, len(rows)):,} of {len(rows):,}")
    return rows[(page - 1) * size : page * size]


def _images(view: View, rows: np.ndarray) -> np.ndarray:
    images, faces = view.images, view.images.faces
    assert faces is not None
    found = faces.images[np.maximum(images.places[rows], 0)].copy()
    found[images.places[rows] < 0] = 128  # a face of the run that this copy of the dataset lacks
    return found


def _tile(view: View, row: int) -> Tile:
    face = view.frame.iloc[row]
    true, pred = view.classes[face["label"]], view.classes[face["pred"]]
    title = true if face["right"] else f"{true} → {pred}"
    return Tile(int(row), title, words.percent(face["confidence"], 0), RIGHT if face["right"] else WRONG)


def _list(view: View, rows: np.ndarray, key: str) -> int | None:
    """Without images: the same faces as a table."""
    words.bring_images(view.selection.data)
    part = view.frame.iloc[rows]
    table = {
        "face": part["id"],
        "true": [view.classes[i] for i in part["label"]],
        "predicted": [view.classes[i] for i in part["pred"]],
        "confidence": part["confidence"] * 100,
        "also in train": part["leaked"],
    }
    config = {"confidence": st.column_config.ProgressColumn("confidence", format="%.0f%%", min_value=0, max_value=100)}
    event = st.dataframe(
        table, hide_index=True, column_config=config, on_select="rerun", selection_mode="single-row", key=f"{key}-list-{len(rows)}"
    )
    chosen = event["selection"]["rows"]
    return int(rows[chosen[0]]) if chosen else None
