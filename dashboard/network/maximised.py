"""Images that a class or a channel responds to most, made by gradient ascent when asked for."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.components.tiles import Tile, tile_grid
from dashboard.network.alone import alone
from dashboard.thumbnail import enlarge
from dashboard.words import plain
from ferkit.colours import of_classes
from ferkit.errors import FerkitError
from ferkit.runs import Run

if TYPE_CHECKING:
    from torch import Tensor

    from ferkit.predict.classifier import Classifier

__all__ = ["show"]

TILE = 128
MADE = "maximised"  # in the session: what was asked for


def show(run: Run, layer: str, channel: int | None) -> None:
    """The image of every class, and that of the chosen channel, each behind a button until it was computed."""
    try:
        _classes(run)
        st.divider()
        _channel(run, layer, channel)
    except FerkitError as error:
        st.info(f"No images: {plain(str(error))}", icon=":material/info:")


def _classes(run: Run) -> None:
    st.markdown("**What each class responds to most**")
    if _asked(("classes", run.key), "Compute an image of each class", "filters-ascend-classes"):
        images = load.cached(("ascend", run.key), lambda: _ascend_classes(run))
        colours = of_classes(run.classes)
        tiles = [Tile(i, name, "", colours[name]) for i, name in enumerate(run.classes)]
        tile_grid(np.stack([enlarge(image, 2 * TILE) for image in images]), tiles, key="filters-classes", size=TILE)
    st.caption(
        "Gradient ascent on the class's logit less the mean of all, from noise of a fixed seed, held smooth. No face "
        "looks like this: what is exaggerated is what the network goes by."
    )


def _channel(run: Run, layer: str, channel: int | None) -> None:
    at = channel or 0
    st.markdown(f"**What channel {at} of this layer responds to most**")
    key = ("channel", run.key, layer, at)
    if _asked(key, f"Compute an image of channel {at}", "filters-ascend-channel"):
        image = load.cached(("ascend", *key), lambda: _ascend_channel(run, layer, at))
        st.image(enlarge(image, 2 * TILE), width=TILE + 40, alt=f"Image of channel {at}")
    st.caption("The same for the mean of the channel's map. Choose a channel by a click on its kernel or feature map.")


def _asked(key: tuple[object, ...], words: str, widget: str) -> bool:
    """Whether it was asked for; else the button for it."""
    asked: set[tuple[object, ...]] = st.session_state.setdefault(MADE, set())
    if key not in asked:
        st.button(words, icon=":material/draw:", key=widget, on_click=lambda: asked.add(key))
    return key in asked


def _ascend_classes(run: Run) -> np.ndarray:
    from ferkit.explain.maximise import for_classes

    network = load.classifier(run)
    read, prepare, classes = network.input, _prepare(network), list(range(len(run.classes)))
    return _pixels(alone(lambda: for_classes(network.quick, prepare, classes, read.channels, read.size)).numpy())


def _ascend_channel(run: Run, layer: str, channel: int) -> np.ndarray:
    from ferkit.explain.maximise import for_channel

    network = load.classifier(run)
    read, prepare = network.input, _prepare(network)
    found = alone(lambda: for_channel(network.model, prepare, layer, channel, read.channels, read.size))
    return np.asarray(_pixels(found.numpy()[None])[0])


def _prepare(network: "Classifier") -> Callable[["Tensor"], "Tensor"]:
    """From values in [0, 1] to what the network reads."""
    return (lambda x: x) if network.model.prepares else network.input.normalise


def _pixels(images: np.ndarray) -> np.ndarray:
    """float (n, 1 or 3, H, W) in [0, 1] -> uint8 (n, H, W[, 3])."""
    levels = np.rint(255 * images).astype(np.uint8)
    return levels[:, 0] if levels.shape[1] == 1 else levels.transpose(0, 2, 3, 1)
