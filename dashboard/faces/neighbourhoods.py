"""Which emotions a network separates, and which it mixes: a sentence, and a table whose cells lead to faces."""

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.charts import overlap as charts
from dashboard.components.chart import chart
from dashboard.near import near
from dashboard.state import narrow
from dashboard.view import View
from dashboard.words import percent, plain
from ferkit.embed.overlap import EXACT, NEAREST, SAMPLED, mixing

__all__ = ["sentence", "show", "table"]

MOST = 0.5  # of a face's neighbours: those that a cell leads to have at least as many in its class


def table(view: View) -> np.ndarray:
    """float (C, C), see `ferkit.embed.overlap.mixing`, of the faces that count."""
    stored = load.key_of(view.results.path / f"{view.split}-features.npy")
    labels, counted = view.frame["label"].to_numpy(), view.counted

    def make() -> np.ndarray:
        return mixing(load.features(view.results, view.split)[counted], labels[counted], len(view.classes))

    made: np.ndarray = load.cached(("mixing", stored, view.dedup), make)
    return made


def sentence(shares: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence in Markdown on a table of `mixing`: the class separated best, the one mixed most, and with which
    other."""
    same = np.diagonal(shares)
    if np.isnan(same).all():
        return ""
    best, worst = int(np.nanargmax(same)), int(np.nanargmin(same))
    others = shares[worst].copy()
    others[worst] = -1
    other = int(others.argmax())
    return (
        f"{plain(classes[best])} is separated best: {percent(same[best], 0)} of the {NEAREST} nearest neighbours of "
        f"its faces have the same label. {plain(classes[worst])} is mixed most: {percent(same[worst], 0)} have the "
        f"same label, {percent(shares[worst, other], 0)} are {plain(classes[other])}."
    )


def show(view: View) -> None:
    """The table; a cell narrows the Selection to the faces of its row most of whose neighbours are of its column."""
    spec = charts.overlap(table(view), view.classes, NEAREST, _chosen(view))
    chart(spec, key="overlap", on_click=_open)
    sampled = f" Estimated on {SAMPLED} faces of each class." if view.counted.sum() > EXACT else ""
    st.caption(
        "The more two classes share their neighbourhoods, the less the features tell them apart. A cell leads to the "
        f"faces of its row with at least half of their neighbours in its column.{sampled}"
    )


def _open(cell: list[str]) -> None:
    true, other = cell
    narrow(true=true, pred="", slices=((near(other), MOST, 1.0),))


def _chosen(view: View) -> tuple[str, str] | None:
    names = [name for name, low, high in view.selection.slices if (low, high) == (MOST, 1.0)]
    other = next((name for name in view.classes if near(name) in names), "")
    return (view.selection.true, other) if other and view.selection.true else None
