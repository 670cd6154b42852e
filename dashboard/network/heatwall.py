"""A wall of faces under their heat maps, at any layer."""

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.faces.thumbnail import enlarge
from dashboard.faces.wall import wall
from dashboard.network.attention import mixed
from dashboard.view import View
from ferkit.errors import FerkitError
from ferkit.explain.overlay import overlay

__all__ = ["show"]

SCREENFUL = 24  # faces, about: the same number of every emotion
TILE = 104  # pixels
LAST = ""  # the last feature maps


@st.fragment
def show(view: View) -> None:
    """The faces of the Selection, a few of every emotion at a time, under the heat of one class at the chosen layer."""
    st.markdown("#### Face by face")
    layer, of_label = _choices(view) if view.images.here else (LAST, False)
    rows = view.rows()
    each = max(1, round(SCREENFUL / len(view.classes)))
    filtered = view.selection.true or view.selection.pred
    if not filtered:
        column = "pred" if not view.selection.outcome else "label"
        rows = rows[mixed(view.frame[column].to_numpy()[rows], each)]

    def paint(images: np.ndarray, part: np.ndarray) -> np.ndarray:
        try:
            maps = _maps(view, images, part, layer, "label" if of_label else "pred")
        except FerkitError as error:
            st.caption(f"No heat maps: {error}")
            return images
        return np.stack([overlay(enlarge(image, 2 * TILE), heat) for image, heat in zip(images, maps, strict=True)])

    wall(
        view, rows, key="gradcam", screenful=SCREENFUL if filtered else each * len(view.classes), size=TILE, paint=paint
    )


def _choices(view: View) -> tuple[str, bool]:
    """The layer, and whether to show the heat of the label instead of the prediction (they differ on wrong faces
    only)."""
    try:
        layers = list(load.kernels(view.run))
    except FerkitError:  # told where the heat maps would be
        layers = []
    with st.container(horizontal=True, vertical_alignment="bottom"):
        layer = st.selectbox(
            "Layer", [LAST, *reversed(layers)], key=f"gradcam-layer-{view.run.name}", width=260,
            format_func=lambda name: f"{1 + layers.index(name)} of {len(layers)}: {name}" if name else "the last maps, as above",
            help="Late layers see parts of a face, early ones edges and spots.",
        )  # fmt: skip
        of_label = False
        if view.selection.outcome != "right":
            wanted = st.segmented_control(
                "Heat of",
                ["the predicted emotion", "the label"],
                default="the predicted emotion",
                required=True,
                key="gradcam-of",
            )
            of_label = wanted == "the label"
    return layer or LAST, of_label


def _maps(view: View, images: np.ndarray, rows: np.ndarray, layer: str, column: str) -> np.ndarray:
    """Grad-CAM (N, h, w) of these faces, kept."""
    faces, part = view.images.faces, view.frame.iloc[rows]
    targets = np.array(part[column], np.int64)
    key = ("heat", view.run.key, faces.fingerprint if faces else "", layer, tuple(part["id"]), tuple(targets.tolist()))
    return load.cached(key, lambda: load.classifier(view.run).explain(images, targets, layer or None))
