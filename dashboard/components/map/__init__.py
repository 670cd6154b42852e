"""All faces of a split as points on a plane, drawn on WebGL2 by the browser: it zooms, colours, hides and draws lassos
without asking; a lasso is sent once, when it is released, and a face when it is clicked."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined
from ferkit.colours import RIGHT, WRONG

__all__ = ["CORNERS", "Mark", "Points", "face_map", "polygon"]

CORNERS = 60  # of a lasso, at most
Polygon = tuple[tuple[float, float], ...]
SCRIPTS = ("colours", "geometry", "gl", "overlay", "tools", "panel", "export", "map")
HTML = """
<div class="map">
  <div class="top"><div class="heading"></div><div class="take"></div></div>
  <div class="bar" role="toolbar" aria-label="Tools of the map"></div>
  <div class="frame">
    <div class="stage" tabindex="0" role="application" aria-label="Map of faces">
      <canvas class="points"></canvas><canvas class="over"></canvas><div class="tip" hidden></div>
    </div>
    <div class="zoom" role="group" aria-label="Zoom"></div>
  </div>
  <div class="legend" role="group" aria-label="Legend; a class is hidden by its button"></div>
  <div class="foot"><div class="sieve"></div><div class="note" aria-live="polite"></div></div>
</div>
"""
_component = st.components.v2.component(
    "ferkit_map",
    html=HTML,
    css=joined("slider.css", "map/map.css"),
    js=joined("assets.js", *(f"map/{name}.js" for name in SCRIPTS)),
)


@dataclass(frozen=True)
class Mark:
    """A face from elsewhere on the map."""

    label: str
    places: Mapping[str, tuple[float, float]]  # layout -> x, y
    picture: str = ""  # address of a square image


@dataclass(frozen=True)
class Points:
    """N faces on a map, and how they are shown at first."""

    n: int
    tables: Sequence[str]  # addresses of binary tables; the columns of the later ones are added to the first
    layouts: Mapping[str, str]  # prefix of a pair of columns -> its name, as in {"umap": "UMAP"}
    title: str
    layout: str = "umap"
    colour: str = "label"  # a column, or "outcome"
    sprites: Mapping[str, Any] | None = None  # sheets of faces; None where the images are not here
    kept: str = ""  # bit set of the rows that the filters other than a lasso keep; "" for all
    lasso: Polygon = ()
    elsewhere: str = ""  # bit set of the rows in a lasso on another map
    gallery: str = ""  # address of the table of a gallery of the same rows, which shows what a lasso holds at once
    open: int = -1  # row of the face whose detail is open
    marks: Sequence[Mark] = ()
    link: str = ""  # maps with the same link, of the same rows, show each other's lasso and hovered face
    height: int = 500  # pixels
    file: str = field(default="map")  # name of a download, without its ending


def face_map(
    points: Points,
    *,
    key: str,
    on_lasso: Callable[[Polygon], None] | None = None,
    on_face: Callable[[int], None] | None = None,
    on_layout: Callable[[str], None] | None = None,
    on_colour: Callable[[str], None] | None = None,
) -> None:
    """Draw the map. The callbacks run before the page does, so that one run is enough to show what was chosen.

    `on_lasso(corners)` gets at most 60 corners of four digits, as an address holds them, or () when the lasso was
    removed; `on_face(row)` a row in [0, n); `on_layout(name)` and `on_colour(name)` what is shown by now, which needs
    no answer. Anything else that arrives is ignored.
    """

    def lassoed() -> None:
        if on_lasso and (corners := polygon(event(key, "lasso"))) is not None:
            on_lasso(corners)

    def clicked() -> None:
        row = event(key, "face")
        if on_face and isinstance(row, int | float) and 0 <= row < points.n:
            on_face(int(row))

    def relaid() -> None:
        if on_layout and (name := event(key, "layout")) in points.layouts:
            on_layout(name)

    def recoloured() -> None:
        if on_colour and isinstance(name := event(key, "colour"), str):
            on_colour(name[:100])

    _component(
        data=_data(points), key=key, on_lasso_change=lassoed, on_face_change=clicked, on_layout_change=relaid,
        on_colour_change=recoloured,
    )  # fmt: skip


def _data(points: Points) -> dict[str, Any]:
    return {
        "tables": list(points.tables),
        "layouts": dict(points.layouts),
        "title": points.title,
        "layout": points.layout,
        "colour": points.colour,
        "palette": {"right": RIGHT, "wrong": WRONG},
        "sprites": dict(points.sprites) if points.sprites else None,
        "kept": points.kept,
        "lasso": [list(corner) for corner in points.lasso],
        "elsewhere": points.elsewhere,
        "gallery": points.gallery,
        "open": points.open,
        "marks": [{"label": m.label, "places": {k: list(v) for k, v in m.places.items()}, "picture": m.picture}
                  for m in points.marks],
        "link": points.link,
        "height": points.height,
        "file": points.file,
    }  # fmt: skip


def polygon(value: object) -> Polygon | None:
    """What the browser sent as the corners of a lasso; () for one that was removed, None for anything else."""
    if not isinstance(value, list | tuple) or len(value) > CORNERS:
        return None
    corners = []
    for corner in value:
        if not isinstance(corner, list | tuple) or len(corner) != 2:
            return None
        x, y = corner
        if not all(isinstance(v, int | float) and math.isfinite(v) for v in (x, y)):
            return None
        corners.append((float(f"{x:.4g}"), float(f"{y:.4g}")))
    return tuple(corners) if len(corners) >= 3 or not corners else None
