"""One face under several maps, with one slider from the face to the maps, drawn in the browser.

    cells = [Cell("fear", "63%", paint), Cell("sad", "4%", None, "No map: zero everywhere")]
    row = Row("Grad-CAM", "For this run …", "full colour: 0.02", cells)
    explained(face, [row], key="one-face")

A cell without paint says what is wrong in place of a map. On a phone the cells wrap.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import streamlit as st

from dashboard.components.source import joined
from ferkit.text import printable

__all__ = ["Cell", "Row", "explained"]

HTML = """<div class="explained"><label class="fade"><span>Face</span>
<input type="range" min="0" max="100" value="60" step="1" aria-label="From the face to the map"><span>Map</span></label>
<div class="rows"></div></div>
"""
_component = st.components.v2.component(
    "ferkit_explained",
    html=HTML,
    css=joined("slider.css", "explained/explained.css"),
    js=joined("explained/explained.js"),
)


@dataclass(frozen=True, eq=False)
class Cell:
    """A map of the face."""

    title: str
    note: str = ""
    paint: np.ndarray | None = None  # uint8 RGBA (h, w, 4)
    problem: str = ""  # why there is no map
    strong: bool = False  # whether it stands out: the predicted class


@dataclass(frozen=True, eq=False)
class Row:
    """The maps of one method."""

    title: str
    sentence: str  # how far to believe it
    scale: str
    cells: Sequence[Cell]
    tone: str = ""  # of the sentence: "better", "worse" or ""


def explained(face: np.ndarray, rows: Sequence[Row], *, key: str, size: int = 132) -> None:
    """Show the face, uint8 (H, W[, 3]), under every map, each at least `size` pixels wide. All texts are shown as they
    are."""
    data = {
        "face": _png(face[..., ::-1] if face.ndim == 3 else face),
        "size": size,
        "rows": [
            {
                "title": printable(row.title),
                "sentence": printable(row.sentence),
                "scale": printable(row.scale),
                "tone": row.tone,
                "cells": [_cell(cell) for cell in row.cells],
            }
            for row in rows
        ],
    }
    _component(data=data, key=key)


def _cell(cell: Cell) -> dict[str, object]:
    return {
        "title": printable(cell.title),
        "note": printable(cell.note),
        "paint": None if cell.paint is None else _png(cell.paint[..., [2, 1, 0, 3]]),
        "problem": printable(cell.problem),
        "strong": cell.strong,
    }


def _png(image: np.ndarray) -> str:
    """As a data URL."""
    return "data:image/png;base64," + base64.b64encode(cv2.imencode(".png", image)[1].tobytes()).decode()
