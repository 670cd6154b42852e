"""Grad-CAM: what does it look at? Stored mean heat maps per emotion, then single faces at any layer."""

import numpy as np
import streamlit as st

from dashboard import load, view
from dashboard.charts import heat
from dashboard.charts.style import QUIET
from dashboard.components.gallery import Tile, gallery
from dashboard.network import heatwall
from dashboard.network.attention import GROUPS, insight, mean_pictures
from dashboard.state import chips, current, narrow
from ferkit.colours import of_classes
from ferkit.errors import FerkitError
from ferkit.explain.regions import thirds

TILE = 132  # pixels

selection = current()
shown = view.of(selection)
classes = shown.classes


def choose_group() -> None:
    chosen = st.session_state["gradcam-group"]
    narrow(outcome=next(group.outcome for group in GROUPS if group.label == chosen))


def choose_class(row: int) -> None:
    field = "pred" if group.stored == "predicted" else "true"
    narrow(**{field: "" if getattr(current(), field) == classes[row] else classes[row]})


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
chips(selection)

try:
    stored = load.cams(shown.results, shown.split)
except FerkitError as error:
    st.info(str(error), icon=":material/info:")
else:
    shares, counts = thirds(stored[group.stored]), stored[f"{group.stored}_n"]
    st.markdown(insight(shares, classes))
    left, right = st.columns([3, 2], gap="large")
    with left:
        names = of_classes(classes)
        tiles = [
            Tile(i, name, f"{counts[i]:,} faces" if counts[i] else "no face", names[name])
            for i, name in enumerate(classes)
        ]
        chosen = selection.pred if group.stored == "predicted" else selection.true
        place = classes.index(chosen) if chosen in classes else None
        gallery(
            mean_pictures(stored, group, 2 * TILE),
            tiles,
            key="gradcam-means",
            size=TILE,
            chosen=place,
            on_click=choose_class,
        )
        st.caption(
            f"{group.told} Each map has its own scale, over the mean face of its emotion; a click shows the faces behind it."
        )
    with right:
        figure = heat.thirds(shares[counts > 0], tuple(np.array(classes)[counts > 0]))
        st.plotly_chart(figure, config=QUIET, key="gradcam-thirds")

heatwall.show(shown)
