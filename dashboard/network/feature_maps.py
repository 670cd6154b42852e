"""The feature maps of one layer for one face."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.components.tiles import Tile, tile_grid
from dashboard.network import face_choice
from dashboard.network.face_choice import Face
from dashboard.network.tiles import enlarged, sequential
from dashboard.state import Selection
from dashboard.thumbnail import enlarge
from dashboard.words import plain
from ferkit.errors import FerkitError
from ferkit.runs import Run

__all__ = ["caption", "maps", "show"]

MOST = 64  # maps on a page
TILE, LARGE = 76, 220  # pixels
CONSTANT = 1e-6  # standard deviation below which a map shows nothing


def show(
    run: Run, selection: Selection, layer: str, channel: int | None, choose_channel: Callable[[int], None]
) -> None:
    """Choose a face, then its feature maps at `layer`, those with the largest variation first; a click on one calls
    `choose_channel(index)`."""
    st.subheader("Feature maps of a face", anchor=False)
    face = face_choice.choose(run, selection)
    if face is None:
        return
    try:
        outputs = maps(run, face.image, layer)
    except FerkitError as error:
        st.info(f"No feature maps: {plain(str(error))}", icon=":material/info:")
        return
    spread = outputs.std((1, 2))
    order = np.argsort(-spread, kind="stable")
    large = channel if channel is not None and channel < len(outputs) else int(order[0])
    _large(face, outputs[large], large)
    top = max(float(spread[order[0]]), 1e-12)
    tiles = [Tile(int(i), str(i), f"{spread[i] / top:.0%}") for i in order[:MOST]]
    images = enlarged(sequential(outputs[order[:MOST]]), 2 * TILE)
    tile_grid(images, tiles, key="filters-maps", size=TILE, chosen=large, on_click=choose_channel)
    st.caption(caption(face.text, face.image.shape, outputs))


def caption(face: str, size: tuple[int, ...], outputs: np.ndarray) -> str:
    """What went in and what is shown of feature maps (K, h, w)."""
    constant = int((outputs.std((1, 2)) < CONSTANT).sum())
    n, height, width = outputs.shape
    return (
        f"Input: {plain(face)}, {size[0]} × {size[1]} pixels. Output: {n} feature maps of {height} × {width}, sorted "
        f"by standard deviation (as a share of the first); {min(MOST, n)} are shown, each on its own scale from dark "
        f"to bright{f'; {constant} are constant' if constant else ''}."
    )


def maps(run: Run, image: np.ndarray, layer: str) -> np.ndarray:
    """Feature maps (K, h, w) of one face at `layer`, cached. Raises FerkitError where the network cannot run on it."""

    def make() -> np.ndarray:
        from ferkit.explain.filters import activations

        network = load.classifier(run)
        with network.lock:
            return activations(network.model, network.prepare(image[None]), layer)

    return load.cached(("maps", run.key, layer, image.shape, image.tobytes()), make)


def _large(face: Face, feature_map: np.ndarray, channel: int) -> None:
    """The face, and one map next to it."""
    left, right = st.container(width=2 * LARGE + 16).columns(2, wrap=False)
    left.image(enlarge(face.image, LARGE), caption="Input", width="stretch", alt=face.text)
    image = enlarged(sequential(feature_map[None]), LARGE)[0]
    right.image(image, caption=f"Feature map {channel}", width="stretch", alt=f"Feature map {channel}")
