"""Filters: what has it learned? The kernels of any convolution, and its feature maps of a face."""

import streamlit as st

from dashboard import load, parameters
from dashboard.camera import any_run
from dashboard.components.tiles import Tile, tile_grid
from dashboard.network import feature_maps
from dashboard.network import layers as naming
from dashboard.network.kernels import VIEWS, describe, select, views
from dashboard.network.tiles import CRISP, enlarged
from dashboard.state import bind, current, put, value

LARGE, SMALL = 88, 52  # pixels of a tile
NONE = parameters.CHANNEL.default

selection = current()
run = any_run.choose(selection)
with load.show_errors():
    kernels = load.kernels(run)
layers = list(kernels)
named = naming.labels(layers)


def option(layer: str) -> str:
    n_out, n_in, height, width = kernels[layer].shape
    return f"{naming.option(layer, named)} · {n_out} kernels of {n_in}×{height}×{width}"


def choose_channel(row: int) -> None:
    put(parameters.CHANNEL, NONE if value(parameters.CHANNEL) == row else row)


with st.container(horizontal=True, vertical_alignment="bottom"):
    st.selectbox("Convolution", layers, format_func=option, width=480, **bind(parameters.LAYER, layers))
    layer = value(parameters.LAYER, layers)
    weights = kernels[layer]
    options = views(weights)
    way = options[0]
    if len(options) > 1:
        st.segmented_control(
            "Show",
            options,
            required=True,
            format_func=VIEWS.__getitem__,
            wrap=True,
            **bind(parameters.KERNELS, options),
        )
        way = value(parameters.KERNELS, options)

st.markdown(describe(weights))
channel = value(parameters.CHANNEL)
chosen = None if channel == NONE else channel
shown = select(weights, way)
size = LARGE if layer == layers[0] else SMALL
tiles = [
    Tile(int(channel), str(channel), f"← {source}" if source >= 0 else f"{strength:.0%}")
    for channel, source, strength in zip(shown.channels, shown.inputs, shown.strengths, strict=True)
]
tile_grid(
    enlarged(shown.images, 2 * size, CRISP),
    tiles,
    key=f"filters-kernels-{size}",
    size=size,
    chosen=chosen,
    on_click=choose_channel,
)
scale = "Middle gray is zero." if way == "colour" else "Red is positive, blue negative, white zero; all on one scale."
note = (
    "*7 ← 3* is kernel 7's slice for input channel 3"
    if (shown.inputs >= 0).any()
    else "the percentage is the norm as a share of the largest"
)
st.caption(
    f"{len(tiles)} of {shown.total:,} shown, sorted by strength (norm of the weights); {note}. {scale} "
    "Click a kernel to see its feature map."
)

feature_maps.show(run, selection, layer, chosen, choose_channel)
