"""Filters: what has it learned? The kernels of any convolution, and what it makes of a face."""

import streamlit as st

from dashboard import load, view
from dashboard.components.gallery import Tile, gallery
from dashboard.network import feature_maps
from dashboard.network.kernels import WAYS, describe, look, ways
from dashboard.network.tiles import CRISP, enlarged
from dashboard.state import current

LARGE, SMALL = 88, 52  # pixels of a tile

selection = current()
run = view.run_of(selection)
with load.show_errors():
    kernels = load.kernels(run)
layers = list(kernels)


def name_of(layer: str) -> str:
    n_out, n_in, height, width = kernels[layer].shape
    return f"{1 + layers.index(layer)} of {len(layers)}: {layer} · {n_out} kernels of {n_in}×{height}×{width}"


def choose_channel(row: int) -> None:
    st.session_state["filters-channel"] = None if st.session_state.get("filters-channel") == row else row


def forget_channel() -> None:
    st.session_state["filters-channel"] = None


with st.container(horizontal=True, vertical_alignment="bottom"):
    layer = st.selectbox(
        "Convolution", layers, format_func=name_of, key=f"filters-layer-{run.name}", on_change=forget_channel, width=420
    )
    known = ways(kernels[layer])
    way: str | None = known[0]
    if len(known) > 1:
        way = st.segmented_control(
            "Show",
            known,
            default=known[0],
            required=True,
            format_func=WAYS.__getitem__,
            key=f"filters-way-{known[0]}",
            wrap=True,
        )

weights = kernels[layer]
st.markdown(describe(weights))
chosen = st.session_state.get("filters-channel")
shown = look(weights, way or known[0])
size = LARGE if layer == layers[0] else SMALL
tiles = [
    Tile(int(channel), str(channel), f"← {source}" if source >= 0 else f"{strength:.0%}")
    for channel, source, strength in zip(shown.channels, shown.inputs, shown.strengths, strict=True)
]
gallery(
    enlarged(shown.pictures, 2 * size, CRISP),
    tiles,
    key=f"filters-kernels-{size}",
    size=size,
    chosen=chosen,
    on_click=choose_channel,
)
colours = (
    "Middle gray is zero." if way == "colour" else "Rust is positive, blue negative, white zero; all on one scale."
)
told = (
    "*7 ← 3* is what kernel 7 reads of channel 3"
    if (shown.inputs >= 0).any()
    else "with the strength as a share of the first"
)
st.caption(f"{len(tiles)} of {shown.of:,}, strongest first; {told}. {colours} A click shows the map a kernel makes.")

feature_maps.show(view.of(selection), layer, choose_channel)
