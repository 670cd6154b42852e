"""The kernels of one convolution on the page, with the scale of their colours."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard import controls, parameters
from dashboard.components.tiles import Tile, tile_grid
from dashboard.network.kernels import VIEWS, Kernels, describe, select, views
from dashboard.network.legend import signed_scale
from dashboard.network.strongest import activity, copies, searched
from dashboard.network.tiles import CRISP, enlarged
from dashboard.state import Selection, value
from dashboard.view import with_copies
from dashboard.words import plain
from ferkit.errors import FerkitError
from ferkit.runs import Run

__all__ = ["show"]

LARGE, SMALL = 88, 52  # pixels of a tile
SORTS = {"norm": "norm", "activity": "activity"}


def show(
    run: Run,
    selection: Selection,
    layer: str,
    weights: np.ndarray,
    first: bool,
    channel: int | None,
    choose: Callable[[int], None],
) -> None:
    """Kernels (n_out, n_in, kh, kw), larger where the layer is the `first`; a click calls `choose(channel)`."""
    way, lively = _choices(run, selection, layer, weights)
    st.markdown(describe(weights))
    shown = select(weights, way, lively)
    size = LARGE if first else SMALL
    images = enlarged(shown.images, 2 * size, CRISP)
    tile_grid(images, _tiles(shown), key=f"filters-kernels-{size}", size=size, chosen=channel, on_click=choose)
    if way != "colour":
        st.html(signed_scale(_top(weights, way)))
    faces = searched(selection) if lively is not None else None
    included = "" if faces is None else with_copies("The faces of the activity", copies(run, faces))
    st.caption(_caption(shown, way, lively is not None) + included)


def _choices(
    run: Run, selection: Selection, layer: str, weights: np.ndarray
) -> tuple[str, np.ndarray | None]:  # fmt: skip
    """How kernels are seen, and the activity that they are sorted by, None for the norm."""
    options = views(weights)
    sorts = controls.segments(
        parameters.KERNEL_SORT, "Sort by", SORTS,
        help="The norm of the weights, or how much the channel varies over the faces of the split.",
    )  # fmt: skip
    shown = [controls.segments(parameters.KERNELS, "Show", {name: VIEWS[name] for name in options})]
    row = shown * (len(options) > 1) + [sorts] * (searched(selection) is not None)
    if row:
        controls.show(*row, key="kernels")
    way = value(parameters.KERNELS, options)
    if searched(selection) is None:
        return way, None
    if value(parameters.KERNEL_SORT) == "norm":
        return way, None
    try:
        return way, activity(run, selection, layer)
    except FerkitError as error:
        st.info(f"No activity: {plain(str(error))}", icon=":material/info:")
        return way, None


def _top(weights: np.ndarray, way: str) -> float:
    """The weight at the end of the colours."""
    return float(np.abs(weights.mean(1) if way == "mean" else weights).max(initial=0))


def _tiles(shown: Kernels) -> list[Tile]:
    return [
        Tile(int(channel), str(channel), f"← {source}" if source >= 0 else f"{strength:.0%}")
        for channel, source, strength in zip(shown.channels, shown.inputs, shown.strengths, strict=True)
    ]


def _caption(shown: Kernels, way: str, lively: bool) -> str:
    sort = "activity (standard deviation over faces and places)" if lively else "strength (norm of the weights)"
    scale = (
        "Middle gray is zero." if way == "colour" else "Red is positive, blue negative, white zero; all on one scale."
    )
    share = f"the percentage is the {'activity' if lively else 'norm'} as a share of the largest"
    note = "*7 ← 3* is kernel 7's slice for input channel 3" if (shown.inputs >= 0).any() else share
    return (
        f"{len(shown.channels)} of {shown.total:,} shown, sorted by {sort}; {note}. {scale} Click a kernel to "
        "choose its channel for the other views."
    )
