"""The classes of a dataset: how many faces each has, and its mean face."""

from collections.abc import Callable

import streamlit as st

from dashboard import controls, parameters
from dashboard.charts import classes as charts
from dashboard.components.chart import chart
from dashboard.components.tiles import Tile, tile_grid
from dashboard.dataset import contents
from dashboard.dataset.contents import Contents
from dashboard.state import current, value
from dashboard.words import plain
from ferkit.colours import of_classes

__all__ = ["averaged", "distributed"]


@st.fragment
def distributed(dataset: Contents) -> None:
    """Bars per class and split."""
    controls.show(controls.segments(parameters.UNIT, "Count", list(charts.UNITS), bare=True), key="unit")
    unit = value(parameters.UNIT, charts.UNITS)
    chart(charts.distribution(dataset.counts, unit), key="dataset-distribution")


def averaged(dataset: Contents, on_click: Callable[[str], None] | None = None) -> None:
    """The mean face of each class and of how many faces it is drawn; a click calls `on_click` with the class."""
    st.markdown("**The mean face of each class**")
    mean = contents.mean_faces(dataset, current().split)
    if mean is None:
        st.caption("Mean faces come with the dataset itself, or with a run that was evaluated on it.")
        return
    colours = of_classes(dataset.classes)
    tiles = [
        Tile(i, name, f"of {n:,} {'face' if n == 1 else 'faces'}", colours[name])
        for i, (name, n) in enumerate(zip(dataset.classes, mean.counts, strict=True))
    ]
    chosen = (lambda i: on_click(dataset.classes[i])) if on_click else None
    tile_grid(contents.stretch_contrast(mean.images), tiles, key="dataset-means", size=80, on_click=chosen)
    if dataset.faces:
        st.caption("Contrast raised equally for all. A click shows faces of the class.")
    else:
        st.caption(f"Contrast raised equally for all. Means of the faces of {plain(mean.split)}, stored with the run.")
