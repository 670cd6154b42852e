"""How does it separate the emotions? Every face of the split on one map; draw a lasso around some."""

import numpy as np
import streamlit as st

from dashboard import chips, controls, parameters, view
from dashboard.camera import placed
from dashboard.faces import maps, neighbourhoods
from dashboard.faces.wall import wall
from dashboard.state import current, value
from dashboard.view import View
from dashboard.words import code, percent, plain

AXES = {
    "umap": "UMAP keeps neighbours together; its axes have no unit, and how far apart two groups lie says little.",
    "tsne": "t-SNE keeps neighbours together; its axes have no unit, and sizes and distances of groups say little.",
    "pca": "PCA shows the two directions in which the features spread most; its axes have no unit.",
}
HEIGHT, LOW = 500, 430  # pixels of a map alone, and of one beside another


@st.fragment
def explore() -> None:
    """Map, chips and faces together: a lasso runs this and nothing else."""
    shown = view.of(current())
    chips.show(shown.selection)
    other = view.baseline_of(shown)
    other = other if other is not None and maps.here(other) else None
    beside = other is not None and value(parameters.BESIDE)
    *places, right = st.columns([5, 5, 5] if beside else [7, 5], gap="medium")
    link = f"{shown.run.name}-{shown.split}" if other is not None and _aligned(shown, other) else ""
    for place, one in zip(places, (shown, other), strict=False):
        with place:
            assert one is not None
            maps.draw(
                shown, one, key="map" if one is shown else "map-base", link=link,
                marks=placed.marks(one), height=LOW if beside else HEIGHT,
            )  # fmt: skip
    with places[0]:
        _below(shown, other)
    with right.container(key="answer"):
        rows = shown.rows()
        st.markdown(_summary(shown, rows))
        wall(shown, rows, key="embeddings", alone=False)  # the map marks the open face


def _below(shown: View, other: View | None) -> None:
    """The switch for two maps, and what the axes mean."""
    if other is not None:
        controls.show(controls.switch(parameters.BESIDE, f"Beside the map of {other.run.name}"), key="beside")
    names = maps.layouts(shown)
    layout = shown.selection.layout if shown.selection.layout in names else next(iter(names))
    st.caption(f"{AXES[layout]} A click opens a face; a lasso or a box selects faces.")
    placed.remove()


def _aligned(one: View, other: View) -> bool:
    return len(one.frame) == len(other.frame) and bool((one.frame["id"].array == other.frame["id"].array).all())


def _summary(shown: View, rows: np.ndarray) -> str:
    """How many, of which classes, and how many are classified correctly, there and in all of the split."""
    if not len(rows):
        return "**0 faces**"
    labels, right = shown.frame["label"].to_numpy()[rows], shown.frame["right"].to_numpy()
    counts = np.bincount(labels, minlength=len(shown.classes))
    most = [f"{counts[i]:,} {plain(shown.classes[i])}" for i in np.argsort(-counts, kind="stable")[:4] if counts[i]]
    rest = int(np.count_nonzero(counts)) - len(most)
    classes = ", ".join(most) + (f" and {rest} more classes" if rest > 1 else " and one more class" if rest else "")
    here, overall = percent(right[rows].mean()), percent(right[shown.counted].mean())
    return f"**{len(rows):,} faces**: {classes} · {here} correct here, {overall} overall"


shown = view.of(current())
with_features = shown.results.has(shown.split, "-features.npy")
if with_features:
    st.markdown(neighbourhoods.sentence(neighbourhoods.table(shown), shown.classes))
if maps.here(shown):
    if shown.results.scores[shown.split].map_outdated:
        again = f"python -m ferkit map {shown.run.name} --data '{shown.selection.data}' --split {shown.split}"
        st.warning(f"This map was drawn from other features than the run has now. Draw it again: {code(again)}")
    explore()
else:
    command = f"python -m ferkit evaluate {shown.run.name} --data '{shown.selection.data}' --split {shown.split}"
    st.info(
        f"**{plain(shown.run.name)}** has no map of this split yet. Make it: {code(command)}", icon=":material/info:"
    )
if with_features:
    neighbourhoods.show(shown)
