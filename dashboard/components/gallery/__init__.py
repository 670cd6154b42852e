"""Any number of faces in a box that scrolls: the browser keeps the few in view, sorts, groups and resizes by itself.

It is given the addresses of a table with a row per face and of sheets of images (`dashboard.faces.columns`), and a set
of bits that says which rows are shown. Arrow keys, Home and End move, Enter or a click opens a face.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined
from ferkit.colours import RIGHT, WRONG

__all__ = ["GROUPS", "LARGEST", "NARROW", "PANEL", "SMALLEST", "SORTS", "Cells", "Faces", "Look", "gallery"]

# Columns of the table, and the order of its rows.
SORTS = ("confidence", "loss", "margin", "disagreement", "distance", "training", "file")
GROUPS = ("", "label", "pred", "outcome")
SMALLEST, LARGEST = 44, 160  # pixels of a face
# How wide the panel of an open face covers the right edge of the window: a share of it, in pixels (static/app.css).
PANEL = {"least": 320, "share": 0.22, "most": 400}
NARROW = 1200  # pixels: in a window narrower than this, that panel comes from below
FOLDER = "gallery"
SCRIPTS = ("order", "tile", "bar", "scroll", "draw", "moves", "gallery")
_component = st.components.v2.component(
    "ferkit_gallery",
    html="<div class='gallery'></div>\n",
    css=joined("slider.css", f"{FOLDER}/gallery.css"),
    js=joined("assets.js", *(f"{FOLDER}/{name}.js" for name in SCRIPTS)),
)


@dataclass(frozen=True)
class Look:
    """How the faces are arranged: one of `SORTS`, smallest first or largest, one of `GROUPS`, pixels of a face."""

    sort: str = "confidence"
    up: bool = False
    group: str = ""
    size: int = 84


@dataclass(frozen=True)
class Cells:
    """What a click on a confusion matrix will show, so that the gallery shows it before the page answers."""

    around: str  # the rows that pass every filter but class and outcome, as bits
    true: str  # the chosen class, or ""
    pred: str
    outcome: str  # the outcome that was chosen


@dataclass(frozen=True)
class Faces:
    """What is shown. `rows` is a set of bits in base64, see `dashboard.faces.columns.rows_bits`."""

    table: str  # address
    rows: str
    sprites: Mapping[str, object] | None  # see `dashboard.faces.columns.sprites`; None without images
    names: str = ""  # address of a JSON list of file names, for where there are no images
    cells: Cells | None = None
    notes: Sequence[str] | None = None  # per shown row, in the table's order: stands in place of the prediction


def gallery(
    faces: Faces,
    look: Look,
    *,
    key: str,
    label: str,
    chosen: int | None = None,
    on_click: Callable[[int], None] | None = None,
    on_look: Callable[[Look], None] | None = None,
) -> None:
    """Show faces; `label` says what they are to a screen reader, `chosen` is the row of the open face.

    `on_click(row)` and `on_look(look)` are called before the page runs again. What makes no sense as a row (it may be
    any non-negative number, which the caller checks) or as a look is ignored.
    """
    data = {
        "table": faces.table,
        "rows": faces.rows,
        "sprites": faces.sprites,
        "names": faces.names,
        "cells": asdict(faces.cells) if faces.cells else None,
        "notes": _coded(faces.notes),
        "look": asdict(look),
        "label": label,
        "chosen": -1 if chosen is None else chosen,
        "frames": [WRONG, RIGHT],
        "panel": PANEL,
        "narrow": NARROW,
    }

    def clicked() -> None:
        row = event(key, "face")
        if on_click and isinstance(row, int | float) and row == int(row) and row >= 0:
            on_click(int(row))

    def changed() -> None:
        if on_look and (now := _look(event(key, "look"))):
            on_look(now)

    _component(data=data, key=key, on_face_change=clicked, on_look_change=changed)


def _look(value: Any) -> Look | None:
    """What the browser sent as a Look; None for anything else."""
    if not isinstance(value, Mapping):
        return None
    sort, up, group, size = (value.get(name) for name in ("sort", "up", "group", "size"))
    known = sort in SORTS and group in GROUPS and isinstance(up, bool)
    if not known or not isinstance(size, int | float) or not SMALLEST <= size <= LARGEST:
        return None
    return Look(str(sort), bool(up), str(group), int(size))


def _coded(notes: Sequence[str] | None) -> dict[str, list[Any]] | None:
    """Each different note once, and per row which one it is."""
    if notes is None:
        return None
    texts = list(dict.fromkeys(notes))
    index = {text: i for i, text in enumerate(texts)}
    return {"texts": texts, "codes": [index[note] for note in notes]}
