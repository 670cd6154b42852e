"""Faces of a dataset, without any run, as tiles; a click opens one in the panel at the right edge."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import parameters
from dashboard.components.tiles import Tile, tile_grid
from dashboard.dataset import panel
from dashboard.state import bind, current, narrow, value
from ferkit.data.faces import Faces

__all__ = ["SHOWN", "grid", "paged"]

SHOWN = 60  # faces at a time


def grid(faces: Faces, rows: np.ndarray, shown: Sequence[Tile], key: str) -> None:
    """The faces at `rows`, with a tile each; the open one has the panel."""
    opened = _opened(faces)
    with st.container(key="answer"), st.container(key="dataset-grid"):
        tile_grid(faces.images[rows], list(shown), key=key, chosen=opened, on_click=lambda row: _open(faces, row))
    if opened is not None:
        panel.show(faces, opened, rows)


def paged(n: int, size: int = SHOWN) -> slice:
    """Which of `n` things are on this page, with a field for the number of the page where there are several."""
    pages = max(1, -(-n // size))
    place = range(1, pages + 1)
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center"):
            bound = bind(parameters.FACES_PLACE, place)
            st.number_input("Page", 1, pages, width=140, label_visibility="collapsed", **bound)
            page = value(parameters.FACES_PLACE, place)
            st.caption(f"page {page:,} of {pages:,} · {(page - 1) * size + 1:,}–{min(page * size, n):,} of {n:,}")
    page = value(parameters.FACES_PLACE, place)
    return slice((page - 1) * size, page * size)


def _opened(faces: Faces) -> int | None:
    matches = np.flatnonzero(faces.ids == current().face) if current().face else np.empty(0, int)
    return int(matches[0]) if len(matches) else None


def _open(faces: Faces, row: int) -> None:
    narrow(face=str(faces.ids[row]))
