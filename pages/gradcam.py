"""Grad-CAM: what does it look at? Stored mean heat maps per emotion, then single faces at any layer."""

import numpy as np
import streamlit as st

from dashboard import chips, load, view
from dashboard.charts import heat
from dashboard.components.chart import chart
from dashboard.components.tiles import Tile, tile_grid
from dashboard.network import heatwall
from dashboard.network.attention import GROUPS, insight, mean_images
from dashboard.state import current, narrow
from dashboard.words import plain
from ferkit.colours import of_classes
from ferkit.errors import FerkitError
from ferkit.explain.regions import thirds

TILE = 132  # pixels

selection = current()
shown = view.of(selection)
classes = shown.classes


def choose_group() -> None:
    """Another group of faces; a chosen emotion stays chosen, as prediction or as label."""
    chosen = next(group for group in GROUPS if group.label == st.session_state["gradcam-group"])
    changes = {"outcome": chosen.outcome}
    if chosen.field != group.field and not (selection.true and selection.pred):
        changes |= {chosen.field: getattr(selection, group.field), group.field: ""}
    narrow(**changes)


def choose_class(row: int) -> None:
    narrow(**{group.field: "" if getattr(current(), group.field) == classes[row] else classes[row]})


group = next(group for group in GROUPS if group.outcome == selection.outcome)
st.session_state["gradcam-group"] = group.label
st.segmented_control(
    "Faces",
    [g.label for g in GROUPS],
    key="gradcam-group",
    required=True,
    on_change=choose_group,
    label_visibility="collapsed",
)
chips.show(selection)

try:
    stored = load.cams(shown.results, shown.split)
except FerkitError as error:
    st.info(plain(str(error)), icon=":material/info:")
else:
    shares, counts = thirds(stored[group.stored]), stored[f"{group.stored}_n"]
    st.markdown(insight(shares, classes))
    left, right = st.columns([3, 2], gap="large")
    with left:
        colours = of_classes(classes)
        tiles = [
            Tile(i, f"{group.tile}: {name}", f"{counts[i]:,} faces" if counts[i] else "no faces", colours[name])
            for i, name in enumerate(classes)
        ]
        chosen = getattr(selection, group.field)
        tile_grid(
            mean_images(stored, group, 2 * TILE),
            tiles,
            key="gradcam-means",
            size=TILE,
            chosen=classes.index(chosen) if chosen in classes else None,
            on_click=choose_class,
        )
        st.caption(f"{group.caption} Each map has its own scale. Click one to see its faces.")
    with right:
        figure = heat.thirds(shares[counts > 0], tuple(np.array(classes)[counts > 0]))
        chart(figure, key="gradcam-thirds")

heatwall.show(shown)
