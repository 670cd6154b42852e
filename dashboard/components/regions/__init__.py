"""A face whose parts are buttons: a click on one, or Enter, chooses it."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined
from dashboard.components.tiles import sprite
from ferkit.text import printable

__all__ = ["outline", "regions"]

_component = st.components.v2.component(
    "ferkit_regions",
    html="<div class='regions'><img alt=''><svg role='group'></svg></div>\n",
    css=joined("regions/regions.css"),
    js=joined("regions/regions.js"),
)


def regions(
    image: np.ndarray,
    masks: np.ndarray,
    names: Sequence[str],
    *,
    key: str,
    size: int = 240,
    chosen: int | None = None,
    on_click: Callable[[int], None] | None = None,
) -> None:
    """Show an image, uint8 (H, W[, 3]), `size` pixels wide, under regions, bool (R, h, w), that may be of another size.

    `on_click(i)` is called before the page runs again. A click on what is not a region is ignored.
    """
    data = {
        "image": sprite(image[None]),
        "width": masks.shape[2],
        "height": masks.shape[1],
        "paths": [outline(mask) for mask in masks],
        "names": [printable(name) for name in names],
        "chosen": -1 if chosen is None else chosen,
        "size": size,
    }

    def clicked() -> None:
        i = event(key, "region")
        if on_click and isinstance(i, int) and 0 <= i < len(masks):
            on_click(i)

    _component(data=data, key=key, on_region_change=clicked)


def outline(mask: np.ndarray) -> str:
    """A region, bool (h, w), as an SVG path: a bar for each run of pixels in a row, so that no gap shows between
    rows."""
    bars = []
    for y, row in enumerate(mask):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], row.astype(np.int8), [0]])))
        bars += [
            f"M{start} {y}h{end - start}v1h{start - end}z" for start, end in zip(edges[::2], edges[1::2], strict=True)
        ]
    return "".join(bars)
