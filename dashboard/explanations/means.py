"""The mean map of every emotion, as tiles that narrow the Selection."""

import html

import numpy as np
import streamlit as st

from dashboard import chips, controls, load, parameters
from dashboard.charts import heat
from dashboard.components.chart import chart
from dashboard.components.tiles import Tile, tile_grid
from dashboard.components.toolbar import Segments
from dashboard.evidence.record import Stored
from dashboard.explanations.attention import CAPTIONS, OF, VIEWS, Means, insight, means_of
from dashboard.state import Selection, current, narrow, put, value
from dashboard.thumbnail import enlarge
from dashboard.view import View, with_copies
from dashboard.words import plain
from ferkit.colours import of_classes
from ferkit.errors import FerkitError
from ferkit.explain.overlay import AGAINST, FOR, clear, signed_overlay
from ferkit.explain.regions import thirds

__all__ = ["images", "outcome_of", "show"]

TILE = 124  # pixels
OUTCOMES = {"": "all", "right": "right", "wrong": "wrong"}
NAMES = {"predicted": "prediction", "label": "label"}


def show(view: View, stored: Stored | None) -> None:
    """The controls, the chips, the tiles, their legend."""
    kind, of, outcome = _choices(view, stored)
    chips.show(view.selection)
    cams = _cams(view)
    means = means_of(kind, of, outcome, stored, cams)
    if means is None:
        return
    faces = cams["faces"] if cams is not None else np.stack([stored.evidence["mean_face"]] * len(view.classes))  # type: ignore[union-attr]
    tile_grid(
        images(means, faces, 2 * TILE),
        tiles(means, view.classes, of),
        key="explanations-means",
        size=TILE,
        chosen=_chosen(view, of),
        on_click=lambda row: _toggle(OF[of], view.classes[row]),
    )
    _legend(means)
    st.caption(_caption(view, means, kind, of, outcome, stored))
    if stored is None:
        shares = thirds(means.maps)
        st.markdown(insight(shares, view.classes))
        present = means.n > 0
        chart(heat.thirds(shares[present], tuple(np.array(view.classes)[present])), key="explanations-thirds")


def outcome_of(selection: Selection) -> str:
    """ "right" or "wrong" where the Selection leaves nothing else, "" for both."""
    if selection.true and selection.pred:
        return "right" if selection.true == selection.pred else "wrong"
    return selection.outcome


def images(means: Means, faces: np.ndarray, side: int) -> np.ndarray:
    """uint8 RGB (C, side, side, 3): each class's mean face under its mean map, all maps on one scale."""

    def make() -> np.ndarray:
        pairs = zip(faces, means.maps, strict=True)
        return np.stack([signed_overlay(clear(enlarge(face, side)), map_, means.top) for face, map_ in pairs])

    found: np.ndarray = load.cached(("mean maps", faces.tobytes(), means.maps.tobytes(), means.top, side), make)
    return found


def tiles(means: Means, classes: tuple[str, ...], of: str) -> list[Tile]:
    """One per class; its note says whose class it is, so that a tile means the same whatever else is chosen."""
    colours = of_classes(classes)
    word = {"predicted": "predicted", "label": "labelled"}[of]
    return [
        Tile(i, name, f"{means.n[i]:,} {word}" if means.n[i] else f"none {word}", colours[name])
        for i, name in enumerate(classes)
    ]


def _choices(view: View, stored: Stored | None) -> tuple[str, str, str]:
    """View, whose class a tile has, and which outcomes count."""
    kinds = VIEWS if stored is not None else {"gradcam": VIEWS["gradcam"]}
    outcome, cell = outcome_of(view.selection), bool(view.selection.true and view.selection.pred)
    of = value(parameters.TILES_OF, OF)
    controls.show(
        controls.segments(parameters.MEAN_VIEW, "Mean map", kinds),
        Segments("tiles", "Of each", {name: NAMES[name] for name in OF}, of, on_change=_move),
        Segments("outcome", "Faces", OUTCOMES, outcome, disabled=cell, on_change=lambda chosen: narrow(outcome=chosen)),
        key="means",
    )
    return value(parameters.MEAN_VIEW, kinds), of, outcome


def _move(of: str) -> None:
    """Whose class a tile has; a class that is chosen as the one becomes chosen as the other, and its tile stays
    marked."""
    put(parameters.TILES_OF, of)
    now, other = current(), next(field for name, field in OF.items() if name != of)
    if not (now.true and now.pred) and getattr(now, other):
        narrow(**{OF[of]: getattr(now, other), other: ""})


def _chosen(view: View, of: str) -> int | None:
    name = getattr(view.selection, OF[of])
    return view.classes.index(name) if name in view.classes else None


def _toggle(field: str, name: str) -> None:
    narrow(**{field: "" if getattr(current(), field) == name else name})


def _cams(view: View) -> dict[str, np.ndarray] | None:
    try:
        return load.cams(view.results, view.split)
    except FerkitError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return None


def _legend(means: Means) -> None:
    """A bar of the colours with the numbers at its ends."""
    red, blue = (f"rgb{colour}" for colour in (FOR, AGAINST))
    clear = "color-mix(in srgb, gray 18%, transparent)"
    ends = (f"against −{means.top:.2f}", f"for +{means.top:.2f}") if means.signed else ("0", f"{means.top:.2f}")
    colours = f"{blue}, {clear}, {red}" if means.signed else f"{clear}, {red}"
    bar = f"<i style='width:150px;height:10px;border-radius:5px;background:linear-gradient(90deg,{colours})'></i>"
    left, right = map(html.escape, ends)
    st.html(
        "<div class='map-legend' style='display:flex;align-items:center;gap:8px;font-size:13px'>"
        f"<span>{left}</span>{bar}<span>{right}</span></div>"
    )


def _caption(view: View, means: Means, kind: str, of: str, outcome: str, stored: Stored | None) -> str:
    what = {
        "contrast": "Evidence for the emotion less the mean of the others'",
        "own": "Evidence for the emotion",
        "difference": "Evidence for the emotion less the mean map of all emotions",
        "gradcam": "Grad-CAM, which keeps what speaks for the emotion only",
    }[kind]
    way = ""
    if kind != "gradcam" and stored is not None:
        way = f", by {stored.record.shown}; 1 is the strongest place of every single face"
    return (
        f"{what}: mean over the {CAPTIONS[of, outcome]}, {means.n.sum():,} faces of {plain(view.split)}{way}. All maps "
        f"share one scale. Press one to see its faces.{with_copies('The means', _copies(view, kind, outcome, stored))}"
    )


def _copies(view: View, kind: str, outcome: str, stored: Stored | None) -> int:
    """How many of the faces behind the means are exact copies of training faces."""
    frame = view.frame[view.frame["leaked"].to_numpy(bool)]
    if outcome:
        frame = frame[frame["right"].to_numpy(bool) == (outcome == "right")]
    if kind != "gradcam" and stored is not None:
        frame = frame[frame["id"].isin(stored.evidence["ids"])]
    return len(frame)
