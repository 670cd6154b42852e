"""A page of faces as one sprite sheet: one image for all, a button per face, a click returns its row."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined

__all__ = ["Tile", "sprite", "tile_grid"]

HERE = Path(__file__).parent
_component = st.components.v2.component(
    "ferkit_tiles",
    html="<div class='tiles' role='list'></div>\n",
    css=(HERE / "tiles.css").read_text("utf-8"),
    js=joined("leading.js", "tiles/tiles.js"),
)


@dataclass(frozen=True)
class Tile:
    """What stands under one face."""

    row: int  # what a click returns
    title: str  # first line
    note: str = ""  # second line, dimmer
    colour: str = "transparent"  # of the frame
    head: str = ""  # starts a row of its own under this heading


def tile_grid(
    images: np.ndarray,
    tiles: list[Tile],
    *,
    key: str,
    size: int = 84,
    chosen: int | None = None,
    on_click: Callable[[int], None] | None = None,
) -> int | None:
    """Show uint8 images (N, H, W[, 3]) with a tile each, `size` pixels wide; returns the row just clicked, once, or
    None.

    `on_click(row)` is called before the page runs again, so that one run is enough to show what the click chose. A
    click on a face that is not in `tiles` is ignored.
    """
    rows = [tile.row for tile in tiles]
    data = {
        "sprite": sprite(images),
        "count": len(tiles),
        "size": size,
        "smooth": images.shape[1] >= 2 * size,
        "tiles": [[t.row, t.title, t.note, t.colour, t.head] for t in tiles],
        "chosen": chosen,
    }

    def clicked() -> None:
        if on_click and (row := event(key, "face")) in rows:
            on_click(int(row))

    row = _component(data=data, key=key, on_face_change=clicked).face
    return int(row) if row in rows else None


def sprite(images: np.ndarray) -> str:
    """All images side by side as one data URL; JPEG at a quality where 48 pixels show no blocks."""
    strip = np.concatenate(list(images), axis=1) if len(images) else np.zeros((1, 1), np.uint8)
    if strip.ndim == 3:
        strip = cv2.cvtColor(strip, cv2.COLOR_RGB2BGR)
    kind, options = (".jpg", [cv2.IMWRITE_JPEG_QUALITY, 93]) if strip.shape[1] < 65_000 else (".png", [])
    return (
        f"data:image/{kind[1:].replace('jpg', 'jpeg')};base64,"
        + base64.b64encode(cv2.imencode(kind, strip, options)[1].tobytes()).decode()
    )
