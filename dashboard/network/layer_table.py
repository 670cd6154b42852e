"""The network as a table of its layers, to click on."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import load, parameters
from dashboard.charts.layers import shares
from dashboard.components.chart import chart
from dashboard.components.table import Column, table
from dashboard.network import layers as naming
from dashboard.network.alone import alone
from dashboard.state import put
from dashboard.words import plain
from ferkit.errors import FerkitError
from ferkit.runs import Run

if TYPE_CHECKING:  # torch
    from ferkit.explain.network_map import Layer

__all__ = ["show"]

MOST = 30  # layers that a chart can hold
COLUMNS = {
    "name": Column("Layer"),
    "kind": Column("Kind"),
    "shape": Column("Output", help="Channels × height × width for one face, or tokens × width"),
    "field": Column("Sees", help="Pixels of the face that one unit sees, by kernels and strides"),
    "parameters": Column("Parameters", lambda n: f"{n:,}"),
    "macs": Column("Multiply-adds", lambda n: f"{n / 1e6:.2f} M" if n >= 1e5 else f"{n / 1e3:.1f} k", "For one face"),
    "milliseconds": Column("Time", lambda ms: f"{ms:.2f} ms", "For one face, on one core of this machine"),
}


def show(run: Run, choosable: list[str], layer: str) -> None:
    """Chart and table; a click on a convolution chooses it for the other views."""
    try:
        found = _layers(run)
    except FerkitError as error:
        st.info(f"No layers: {plain(str(error))}", icon=":material/info:")
        return
    named = naming.readable([one.name for one in found], choosable)
    heaviest = max(found, key=lambda one: one.macs)
    total, macs = sum(one.milliseconds for one in found), sum(one.macs for one in found)
    st.markdown(
        f"**{len(found)} layers, {run.manifest.parameters:,} parameters, {macs / 1e6:.1f} M multiply-adds, "
        f"{total:.1f} ms** for one face; {heaviest.macs / max(macs, 1):.0%} of the multiply-adds are in "
        f"{plain(named[heaviest.name])}."
    )
    if len(found) <= MOST:
        chart(shares(found, named), key="filters-layers-chart", on_click=lambda name: _choose(name, choosable))
    rows = [_row(one, named[one.name]) for one in found]
    at = [i for i, one in enumerate(found) if one.name == layer]
    table(rows, COLUMNS, title=f"Layers of {run.name}", key="filters-layers", chosen=at,
          on_click=lambda i: _choose(found[i].name, choosable))  # fmt: skip
    st.caption(
        "As it is deployed, its norms folded into the convolutions; a click on a convolution chooses it. What a unit "
        "sees leaves out channel attention, which sees all of the face."
    )


def _layers(run: Run) -> list["Layer"]:
    def make() -> list["Layer"]:
        from ferkit.explain.network_map import network_map

        network = load.classifier(run)
        size, channels = network.input.size, network.input.channels
        blank = np.zeros((1, size, size, 3) if channels == 3 else (1, size, size), np.uint8)
        return alone(lambda: network_map(network.quick, network.prepare(blank)))

    found: list[Layer] = load.cached(("layers", run.key), make)
    return found


def _choose(name: str, choosable: list[str]) -> None:
    if name in choosable:
        put(parameters.LAYER, name)


def _row(one: "Layer", name: str) -> dict[str, object]:
    sees = "all" if one.field is None else f"{one.field[0].size}×{one.field[1].size}"
    return {
        "name": name,
        "kind": one.kind,
        "shape": " × ".join(map(str, one.shape)),
        "field": sees if len(one.shape) == 3 else "all",
        "parameters": one.parameters,
        "macs": one.macs,
        "milliseconds": one.milliseconds,
    }
