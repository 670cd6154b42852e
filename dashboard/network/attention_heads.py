"""Where each head of a transformer looks in one face."""

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.components.tiles import Tile, tile_grid
from dashboard.network import face_choice
from dashboard.network.alone import alone
from dashboard.state import Selection
from dashboard.thumbnail import enlarge
from dashboard.words import percent, plain
from ferkit.errors import FerkitError
from ferkit.explain.overlay import overlay
from ferkit.runs import Run

__all__ = ["attends", "show"]

TILE = 104
KINDS = ("vit", "timm:", "hf:")  # names, or beginnings of names, of networks that may attend


def attends(run: Run) -> bool:
    """Whether a run's network may be a transformer, by its name."""
    return run.manifest.model.name.startswith(KINDS)


def show(run: Run, selection: Selection) -> None:
    """Choose a face, then a map per head, layer by layer."""
    face = face_choice.choose(run, selection)
    if face is None:
        return
    try:
        maps = _maps(run, face.image)
    except FerkitError as error:
        st.info(f"No attention: {plain(str(error))}", icon=":material/info:")
        return
    layers, heads = maps.shape[:2]
    frames = load.classifier(run).input
    images, tiles = [], []
    for i in range(layers * heads):
        layer, head = divmod(i, heads)
        heat = maps[layer, head]
        images.append(overlay(_read(face.image, frames.side, frames.size), heat / max(float(heat.max()), 1e-12)))
        title = f"Layer {layer + 1}" if head == 0 else ""
        tiles.append(Tile(i, f"head {head + 1}", f"peak {percent(float(heat.max()), 0)}", "transparent", title))
    tile_grid(np.stack(images), tiles, key="filters-attention", size=TILE)
    st.caption(
        f"{plain(face.text)}. {layers} layers of {heads} heads: the attention that each patch receives, the mean over "
        "all that attend, each map on its own scale; the peak is the largest share of one patch. Attention says where "
        "information is read, not what speaks for a class."
    )


def _read(image: np.ndarray, side: int, size: int) -> np.ndarray:
    """The middle of a face that the network reads, enlarged."""
    edge = (size - side) // 2 * image.shape[0] // size
    return enlarge(image[edge : image.shape[0] - edge, edge : image.shape[1] - edge] if edge else image, 2 * TILE)


def _maps(run: Run, image: np.ndarray) -> np.ndarray:
    """float32 (layers, heads, h, w), cached."""
    network = load.classifier(run)

    def make() -> np.ndarray:
        from ferkit.explain.attention_heads import head_maps

        return alone(lambda: head_maps(network.model, network.prepare(image[None])))

    found: np.ndarray = load.cached(("heads", run.key, image.shape, image.tobytes()), make)
    return found
