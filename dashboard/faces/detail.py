"""One face in detail: large image, probabilities, votes, heat map, nearest neighbours."""

import numpy as np
import streamlit as st

from dashboard import load, words
from dashboard.charts import face as charts
from dashboard.components.chart import chart
from dashboard.components.tiles import Tile, tile_grid
from dashboard.faces.thumbnail import enlarge
from dashboard.state import narrow
from dashboard.view import View, bring_images
from dashboard.words import plain
from ferkit.colours import RIGHT, WRONG, of_classes
from ferkit.errors import FerkitError

__all__ = ["heat", "show"]

NEIGHBOURS = 8


@st.fragment
def show(view: View, row: int) -> None:
    """Draw the panel for the face in row `row` of the View."""
    face = view.frame.iloc[row]
    true, pred = view.classes[face["label"]], view.classes[face["pred"]]
    with st.container(border=True, key="detail"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"#### {plain(true)}" if face["right"] else f"#### {plain(true)} → {plain(pred)}")
            if st.button("Close", icon=":material/close:", type="tertiary", key="detail-close"):
                narrow(face="")
                st.rerun()
        verdict = ":green-badge[right]" if face["right"] else ":red-badge[wrong]"
        copy_badge = " :orange-badge[exact copy in train]" if face["leaked"] else ""
        st.markdown(f"{verdict} with {words.percent(face['confidence'])} confidence{copy_badge}")
        _images(view, row)
        spec = charts.probabilities(view.probabilities[row], view.classes, of_classes(view.classes), true)
        chart(spec, key="detail-probabilities")
        if votes := view.images.votes(row):
            chart(charts.votes(votes, of_classes(tuple(votes))), key="detail-votes")
        _neighbours(view, row)
        st.caption(plain(str(face["id"])))


def heat(view: View, image: np.ndarray, target: int) -> np.ndarray:
    """The image (H, W[, 3]) under its Grad-CAM for class `target`, uint8 RGB. Raises RunError if the run has no
    weights."""
    from ferkit.explain.overlay import overlay

    heatmap = load.classifier(view.run).explain(image[None], np.array([target]))[0]
    return overlay(enlarge(image), heatmap)


def _images(view: View, row: int) -> None:
    images = view.images.of_rows(np.array([row]))
    if images is None:
        bring_images(view.selection.data)
        return
    left, right = st.columns(2, wrap=False)
    left.image(enlarge(images[0]), caption="Image", width="stretch")
    with right:
        try:
            pred = int(view.frame["pred"].to_numpy()[row])
            st.image(heat(view, images[0], pred), caption=f"Grad-CAM for {plain(view.classes[pred])}", width="stretch")
        except FerkitError as error:
            st.caption(f"No heat map: {plain(str(error))}")


def _neighbours(view: View, row: int) -> None:
    if not view.results.has(view.split, "-features.npy"):
        return
    from ferkit.embed.neighbours import nearest

    features = load.features(view.results, view.split)
    neighbours = nearest(features, features[row], NEIGHBOURS + 1)[0].ravel()
    neighbours = neighbours[neighbours != row][:NEIGHBOURS]
    same = int((view.frame["label"].to_numpy()[neighbours] == view.frame["label"].iat[row]).sum())
    st.markdown(f"**Nearest neighbours in the network's features** · {same} of {len(neighbours)} have the same label")
    images = view.images.of_rows(neighbours)
    if images is None:
        return
    labels, right = view.frame["label"].to_numpy(), view.frame["right"].to_numpy()
    tiles = [Tile(int(i), view.classes[labels[i]], "", RIGHT if right[i] else WRONG) for i in neighbours]
    clicked = tile_grid(images, tiles, key="detail-neighbours", size=64)
    if clicked is not None:
        narrow(face=str(view.frame["id"].iat[clicked]))
        st.rerun()
