"""Accuracy along one image property."""

import numpy as np
import streamlit as st

from dashboard import controls, parameters, traits
from dashboard.charts import slices as charts
from dashboard.components.chart import chart
from dashboard.dataset import auditing
from dashboard.results import ceiling
from dashboard.slices.shown import Shown
from dashboard.slices.weak import LABEL, outward, searched
from dashboard.state import current, narrow, value
from dashboard.view import View

__all__ = ["show"]


def show(view: View) -> Shown:
    """A bar per eighth of the faces; a click narrows the Selection to it, a second one goes back."""
    known = searched(view).drop(columns=LABEL)
    if known.empty or not len(known.columns):
        auditing.offer(view.images.faces, "Image properties need an audit of the dataset.")
        if view.images.faces is None:
            st.info("Image properties are measured on the images, which are not here.", icon=":material/info:")
        return Shown()
    names = [str(name) for name in known.columns]
    controls.show(controls.select(parameters.PROPERTY, "Property", names), key="property")
    name = value(parameters.PROPERTY, names)
    counted = view.counted
    values = known[name].to_numpy(float)[counted]
    parts = charts.bins(values)
    ranges = [outward(name, low, high) for low, high, _ in parts]
    chosen = next((i for i, one in enumerate(ranges) if view.selection.slices == (one,)), None)
    right = view.frame["right"].to_numpy()[counted]
    spec = charts.by_property(name, traits.PROPERTIES[name], values, right, chosen)
    spec = ceiling.with_line(spec, view.selection.data, view.split, dedup=view.dedup)
    chart(spec, key="slices-property", on_click=lambda i: _toggle(ranges[int(i)]))
    missing = int(np.count_nonzero(~np.isfinite(values)))
    if missing:
        st.caption(f"Not known of {missing:,} faces.")
    auditing.offer(view.images.faces, "Image properties need an audit of the dataset.")
    return Shown()


def _toggle(one: tuple[str, float, float]) -> None:
    narrow(slices=() if current().slices == (one,) else (one,))
