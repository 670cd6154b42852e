"""How does it separate the emotions? Every face of the split on one map; draw a lasso around some."""

import numpy as np
import streamlit as st

from dashboard import chips, load, parameters, view
from dashboard.charts import maps
from dashboard.components.events import selected
from dashboard.faces import lasso, neighbourhoods
from dashboard.faces.wall import wall
from dashboard.state import bind, current, narrow, value
from dashboard.view import View
from dashboard.words import code, percent, plain
from ferkit.colours import of_classes
from ferkit.embed.layouts import LEAST, by_umap

LAYOUTS = {"UMAP": "umap", "PCA": "pca"}
AXES = {
    "umap": "UMAP keeps neighbours together; its axes have no unit, and how far apart two groups lie says little.",
    "pca": "PCA shows the two directions in which the features spread most; its axes have no unit.",
}
TOOLS = {"displaylogo": False, "modeBarButtons": [["lasso2d", "select2d", "zoom2d", "pan2d", "resetScale2d"]]}


@st.fragment
def explore() -> None:
    """Map, chips and faces together: a lasso runs this and nothing else."""
    shown = view.of(current())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.session_state["map-layout"] = next(
            name for name, value in LAYOUTS.items() if value == shown.selection.layout
        )
        st.segmented_control("Map", list(LAYOUTS), key="map-layout", on_change=_relayout, required=True)
        st.segmented_control(
            "Colour by",
            maps.COLOURINGS,
            required=True,
            **bind(parameters.COLOUR, maps.COLOURINGS),
        )
    chips.show(shown.selection)
    _map(shown, value(parameters.COLOUR))
    if shown.selection.layout == "umap" and not by_umap(load.layout(shown.results, shown.split)):
        st.caption(f"Drawn by PCA: a UMAP needs {LEAST} faces.")
    st.caption(
        f"{AXES[shown.selection.layout]} Drag to draw a lasso; box selection and zoom are in the toolbar of the map."
    )
    if shown.selection.filtered:
        rows = shown.rows()
        st.markdown(_summary(shown, rows))
        wall(shown, rows, key="embeddings")


def _relayout() -> None:
    narrow(layout=LAYOUTS.get(st.session_state.get("map-layout", ""), "umap"), lasso=())


def _map(shown: View, by: str) -> None:
    chosen = shown.selection
    stored = load.key_of(shown.results.path / f"{shown.split}-map.parquet")
    chart = lasso.chart(
        (stored, chosen.layout, by, chosen.true, chosen.pred, chosen.outcome, chosen.confidence), chosen.lasso
    )

    def make() -> object:
        places = load.layout(shown.results, shown.split)[[f"{chosen.layout}_x", f"{chosen.layout}_y"]].to_numpy(
            np.float32
        )
        frame = shown.frame
        kept = np.isin(np.arange(len(frame)), shown.rows(ignore=("lasso",)))
        labels, preds, sure = (frame[name].to_numpy() for name in ("label", "pred", "confidence"))
        points = maps.Points(places, labels, preds, sure, kept)
        title = f"{len(frame):,} faces in the features of {shown.run.name}"
        return maps.scatter(points, shown.classes, of_classes(shown.classes), by, title, chart.outline)

    def select() -> None:
        narrow(lasso=lasso.polygon(selected(chart.key)))

    figure = load.cached(("map", chart.figure, chart.outline), make)
    st.plotly_chart(figure, key=chart.key, on_select=select, selection_mode=("lasso", "box"), config=TOOLS)


def _summary(shown: View, rows: np.ndarray) -> str:
    """How many, of which classes, and how many are classified correctly, there and in all of the split."""
    if not len(rows):
        return "**0 faces**"
    labels, right = shown.frame["label"].to_numpy()[rows], shown.frame["right"].to_numpy()
    counts = np.bincount(labels, minlength=len(shown.classes))
    most = [f"{counts[i]:,} {plain(shown.classes[i])}" for i in np.argsort(-counts, kind="stable")[:4] if counts[i]]
    rest = int(np.count_nonzero(counts)) - len(most)
    classes = ", ".join(most) + (f" and {rest} more classes" if rest > 1 else " and one more class" if rest else "")
    here, overall = percent(right[rows].mean()), percent(right.mean())
    return f"**{len(rows):,} faces**: {classes} · {here} correct here, {overall} overall"


def _insight(shown: View) -> str:
    stored = load.key_of(shown.results.path / f"{shown.split}-features.npy")
    labels = shown.frame["label"].to_numpy()

    def make() -> np.ndarray:
        return neighbourhoods.mixing(load.features(shown.results, shown.split), labels, len(shown.classes))

    return neighbourhoods.sentence(load.cached(("mixing", stored), make), shown.classes)


shown = view.of(current())
if shown.results.has(shown.split, "-features.npy"):
    st.markdown(f"**{_insight(shown)}**")
if shown.results.has(shown.split, "-map.parquet"):
    if shown.results.scores[shown.split].map_outdated:
        again = f"python -m ferkit map {shown.run.name} --data '{shown.selection.data}' --split {shown.split}"
        st.warning(f"This map was drawn from other features than the run has now. Draw it again: {code(again)}")
    explore()
else:
    command = f"python -m ferkit evaluate {shown.run.name} --data '{shown.selection.data}' --split {shown.split}"
    st.info(
        f"**{plain(shown.run.name)}** has no map of this split yet. Make it: {code(command)}", icon=":material/info:"
    )
