"""The gallery every selection ends in, and the detail that a face in it opens."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import assets, parameters, words
from dashboard.components.gallery import Cells, Faces, gallery
from dashboard.components.tiles import Tile, tile_grid
from dashboard.faces import columns, detail
from dashboard.faces import order as arrangement
from dashboard.state import bind, current, narrow, value
from dashboard.view import View
from dashboard.words import code, plain
from ferkit.colours import RIGHT, WRONG

__all__ = ["Notes", "wall"]

PAGE = 60  # painted faces
Paint = Callable[
    [np.ndarray, np.ndarray], np.ndarray
]  # images (N, H, W[, 3]) and their rows (N,) -> images to show instead
Notes = Callable[[np.ndarray], list[str]]  # rows (N,) -> what stands under each face


@dataclass(frozen=True)
class Painting:
    """Faces that are painted before they are shown."""

    paint: Paint
    page: int  # faces at a time
    size: int  # pixels


@dataclass(frozen=True)
class Beside:
    """What a gallery is given besides its faces."""

    notes: Notes | None
    around: np.ndarray | None  # int (M,)


def wall(
    view: View,
    rows: np.ndarray,
    *,
    key: str,
    page: int = PAGE,
    size: int = 84,
    paint: Paint | None = None,
    notes: Notes | None = None,
    around: np.ndarray | None = None,
    alone: bool = True,
) -> None:
    """The faces at `rows` in one gallery that the browser sorts and groups; a click opens the detail at the right edge.

    `notes` replaces the prediction and confidence under the faces. With `paint`, which draws over images, the faces
    come in the order of `rows`, `page` of them at a time, each `size` pixels wide. Beside a confusion matrix, `around`
    are the rows that pass every filter but class and outcome. A click on a face runs the wall
    `alone`; otherwise all of the fragment or page that it is part of.
    """
    draw = st.fragment(_draw) if alone else _draw
    draw(view, rows, key, Painting(paint, page, size) if paint else None, Beside(notes, around))


def _draw(view: View, rows: np.ndarray, key: str, painting: Painting | None, beside: Beside) -> None:
    if _elsewhere(view):  # a neighbour of another split was opened
        st.rerun()
    if not len(rows):
        remedy = " Remove a filter above." if current().filtered else ""
        st.info(f"No face fits this selection.{remedy}", icon=":material/search_off:")
        return
    opened = _opened(view)
    if not view.images.here:
        _bring_images(view.selection.data)
    if painting is None or not view.images.here:
        _virtual(view, rows, f"{key}-gallery", opened, beside)
        if opened is not None:
            detail.show(view, opened, arrangement.ordered(view, rows, arrangement.look()))
    else:
        _painted(view, _page(rows, painting.page), f"{key}-painted", opened, painting)
        if opened is not None:
            detail.show(view, opened, rows)


def _elsewhere(view: View) -> bool:
    now = current()
    return (now.data, now.split) != (view.selection.data, view.selection.split)


def _opened(view: View) -> int | None:
    if not current().face:
        return None
    matches = np.flatnonzero((view.frame["id"] == current().face).to_numpy())
    return int(matches[0]) if len(matches) else None


def _virtual(view: View, rows: np.ndarray, key: str, opened: int | None, beside: Beside) -> None:
    n, images = len(view.frame), view.images
    table = columns.table_url(view)
    faces = Faces(
        table=table,
        rows=columns.rows_bits(rows, n),
        sprites=columns.sprites(images.faces) if images.faces is not None and images.here else None,
        names="" if (images.places >= 0).all() else _names(view, table),
        cells=_cells(view, beside.around),
        notes=beside.notes(np.sort(rows)) if beside.notes else None,
    )
    gallery(
        faces,
        arrangement.look(),
        key=key,
        label=f"{len(rows):,} faces",
        chosen=opened,
        on_click=lambda row: _open(view, row),
        on_look=arrangement.keep,
    )


def _cells(view: View, around: np.ndarray | None) -> Cells | None:
    if around is None:
        return None
    chosen = current()
    return Cells(columns.rows_bits(around, len(view.frame)), chosen.true, chosen.pred, chosen.outcome)


def _open(view: View, row: int) -> None:
    if row < len(view.frame):
        narrow(face=str(view.frame["id"].iat[row]))


def _names(view: View, table: str) -> str:
    """The address of the faces' file names."""
    return assets.publish(
        ("names", table), lambda: json.dumps(view.frame["id"].astype(str).tolist()).encode(), "application/json"
    )


def _bring_images(dataset: str) -> None:
    command = f"python -m ferkit data import ARCHIVE.zip --name {dataset}"
    st.caption(
        f"The images of **{plain(dataset)}** are not on this machine. Import them on the Dataset page, or by "
        f"{code(command)}."
    )


def _painted(view: View, rows: np.ndarray, key: str, opened: int | None, painting: Painting) -> None:
    tile_grid(
        painting.paint(_images(view, rows), rows),
        _tiles(view, rows),
        key=key,
        size=painting.size,
        chosen=opened,
        on_click=lambda row: _open(view, row),
    )


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
