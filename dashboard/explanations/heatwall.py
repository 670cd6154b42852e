"""Single faces under their heat maps, at any layer."""

import numpy as np
import streamlit as st

from dashboard import controls, load, parameters
from dashboard.components.toolbar import Control
from dashboard.explanations.attention import interleaved
from dashboard.faces.wall import wall
from dashboard.network import layers as naming
from dashboard.state import bind, value
from dashboard.thumbnail import enlarge
from dashboard.view import View
from dashboard.words import plain
from ferkit.errors import FerkitError
from ferkit.explain.overlay import overlay

__all__ = ["show"]

PAGE = 24  # faces, about: the same number of every emotion
TILE = 104  # pixels
LAST = ""  # the last feature maps
TARGETS = {"pred": "predicted emotion", "label": "label"}


def show(view: View) -> None:
    """The faces of the Selection, a few of every emotion at a time, under the heat of one class at the chosen layer."""
    st.subheader("Faces of the selection", anchor=False)
    rows = view.rows()
    if view.images.here:
        st.toggle(
            "Under their Grad-CAM", **bind(parameters.PAINTED), help="Starts the network: a few seconds the first time."
        )
    if not view.images.here or not value(parameters.PAINTED):
        wall(view, rows, key="explanations", alone=False)
        return
    layer, target = _choices(view)
    each = max(1, round(PAGE / len(view.classes)))
    filtered = view.selection.true or view.selection.pred
    if not filtered:
        column = "pred" if not view.selection.outcome else "label"
        rows = rows[interleaved(view.frame[column].to_numpy()[rows], each)]

    def paint(images: np.ndarray, part: np.ndarray) -> np.ndarray:
        try:
            maps = _maps(view, images, part, layer, target)
        except FerkitError as error:
            st.caption(f"No heat maps: {plain(str(error))}")
            return images
        if cold := int((maps.max((1, 2)) <= 0).sum()):
            st.caption(f"{cold} of these faces {'has' if cold == 1 else 'have'} no heat: {NO_HEAT}")
        return np.stack([overlay(enlarge(image, 2 * TILE), heat) for image, heat in zip(images, maps, strict=True)])

    wall(
        view,
        rows,
        key="explanations",
        page=PAGE if filtered else each * len(view.classes),
        size=TILE,
        paint=paint,
        alone=False,
    )


NO_HEAT = "this layer has no evidence for the class (Grad-CAM keeps positive evidence only)."


def _choices(view: View) -> tuple[str, str]:
    """The layer, and the column of the view whose class is explained (they differ for misclassified faces only)."""
    try:
        named = naming.labels(list(load.kernels(view.run)))
    except FerkitError:  # shown in place of the heat maps
        named = {}
    layers = {name: naming.option(name, named) if name else "last feature maps" for name in (LAST, *reversed(named))}
    row: list[Control] = [
        controls.select(
            parameters.LAYER, "Layer", layers,
            help="Late layers respond to parts of a face, early ones to edges and spots.",
        )
    ]  # fmt: skip
    target = "pred"
    if view.selection.outcome != "right":
        row.append(controls.segments(parameters.EXPLAIN, "Explain the", TARGETS))
        target = value(parameters.EXPLAIN, TARGETS)
    controls.show(*row, key="heat")
    return value(parameters.LAYER, layers), target


def _maps(view: View, images: np.ndarray, rows: np.ndarray, layer: str, column: str) -> np.ndarray:
    """Grad-CAM (N, h, w) of these faces, cached."""
    faces, part = view.images.faces, view.frame.iloc[rows]
    targets = np.array(part[column], np.int64)
    key = ("heat", view.run.key, faces.fingerprint if faces else "", layer, tuple(part["id"]), tuple(targets.tolist()))
    return load.cached(key, lambda: load.classifier(view.run).explain(images, targets, layer or None))
