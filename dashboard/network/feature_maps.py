"""What one layer makes of one face."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.components.gallery import Tile, gallery
from dashboard.faces.thumbnail import enlarge
from dashboard.network import face_choice
from dashboard.network.face_choice import Face
from dashboard.network.tiles import enlarged, sequential
from dashboard.view import View
from ferkit.errors import FerkitError
from ferkit.runs import Run

__all__ = ["maps", "show"]

MOST = 64  # maps on a page
TILE, LARGE = 76, 220  # pixels


def show(view: View, layer: str, choose_channel: Callable[[int], None]) -> None:
    """Choose a face, then its feature maps at `layer`, the liveliest first; `choose_channel(row)` is told of a click on
    one."""
    st.markdown("#### What it makes of a face")
    face = face_choice.choose(view)
    if face is None:
        return
    try:
        found = maps(view.run, face.image, layer)
    except FerkitError as error:
        st.info(f"No feature maps: {error}", icon=":material/info:")
        return
    energy = found.std((1, 2))
    order = np.argsort(-energy, kind="stable")
    chosen = st.session_state.get("filters-channel")
    first = int(chosen) if chosen is not None and chosen < len(found) else int(order[0])
    _large(face, found[first], first)
    tiles = [Tile(int(i), str(i), f"{energy[i] / max(energy[order[0]], 1e-12):.0%}") for i in order[:MOST]]
    pictures = enlarged(sequential(found[order[:MOST]]), 2 * TILE)
    gallery(pictures, tiles, key="filters-maps", size=TILE, chosen=first, on_click=choose_channel)
    still = int((energy < 1e-6).sum())
    st.caption(
        f"In goes {face.told}, {' × '.join(map(str, face.image.shape[:2]))} pixels; out come {len(found)} maps of "
        f"{found.shape[1]} × {found.shape[2]}. {min(MOST, len(found))} are shown, those that vary most over the face first, each on its "
        f"own scale from dark to bright" + (f"; {still} stay flat." if still else ".")
    )


def maps(run: Run, image: np.ndarray, layer: str) -> np.ndarray:
    """Feature maps (K, h, w) of one face at `layer`, kept. Raises FerkitError where the network cannot run on it."""

    def make() -> np.ndarray:
        from ferkit.explain.filters import activations

        network = load.classifier(run)
        with network.lock:
            return activations(network.model, network.prepare(image[None]), layer)

    return load.cached(("maps", run.key, layer, image.shape, image.tobytes()), make)


def _large(face: Face, map_: np.ndarray, channel: int) -> None:
    """The face, and one map beside it."""
    left, right = st.container(width=2 * LARGE + 16).columns(2, wrap=False)
    left.image(enlarge(face.image, LARGE), caption="the face", width="stretch", alt=face.told)
    picture = enlarged(sequential(map_[None]), LARGE)[0]
    right.image(picture, caption=f"what kernel {channel} makes of it", width="stretch", alt=f"feature map {channel}")
