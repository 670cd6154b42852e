"""Weak slices: ranges of image properties, and classes, in which the run does significantly worse."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import load, traits
from dashboard.charts import slices as charts
from dashboard.components.chart import chart
from dashboard.components.table import Column, table
from dashboard.dataset import auditing
from dashboard.near import FAR
from dashboard.results import ceiling
from dashboard.selection import Selection, Slice
from dashboard.slices.shown import Shown
from dashboard.state import current, narrow
from dashboard.view import View
from dashboard.words import chance, interval, percent, plain
from ferkit.audit.columns import MEANINGS
from ferkit.audit.slices import WeakSlice, weak_slices
from ferkit.audit.store import path_of

__all__ = ["found", "headline", "searched", "show"]

LABEL = "label"  # the column of classes
VOTES = ("votes for the label", "entropy of the votes")  # say how hard a label is, not where the run is weak


def show(view: View) -> Shown:
    """Chart and table; a click narrows the Selection to a slice, a second one goes back."""
    slices = found(view)
    if not slices:
        st.info(
            f"No slice of {len(np.flatnonzero(view.counted)):,} faces is significantly weaker than the rest, after "
            "Holm's correction for all that were tried.",
            icon=":material/check_circle:",
        )
    else:
        at = [i for i, one in enumerate(slices) if _filters(view, one) == _chosen(view.selection)]
        rate = float(view.frame["right"].to_numpy()[view.counted].mean())
        spec = charts.weak(slices, rate, at)
        spec = ceiling.with_line(spec, view.selection.data, view.split, vertical=True, dedup=view.dedup)
        chart(spec, key="slices-weak", on_click=lambda i: _toggle(view, slices[int(i)]))
        table(
            [_row(one) for one in slices], COLUMNS, title="Weak slices", key="slices-table", chosen=at,
            on_click=lambda i: _toggle(view, slices[i]),
        )  # fmt: skip
        _explained(slices)
    auditing.offer(
        view.images.faces, "Image properties need an audit of the dataset; until then, classes are compared."
    )
    return Shown()


COLUMNS = {
    "slice": Column("Slice"),
    "n": Column("Faces", lambda n: f"{n:,}"),
    "accuracy": Column("Accuracy", percent),
    "interval": Column("95% interval"),
    "rest": Column("Other faces", percent, "Accuracy on all faces outside the slice"),
    "p": Column("p", lambda p: chance(p).removeprefix("p = ").removeprefix("p "), "Fisher's exact test, after Holm"),
}


def found(view: View) -> list[WeakSlice]:
    """The weak slices of the faces that count; their rows are those of the View."""
    faces = view.images.faces
    audit = load.key_of(path_of(faces.name)) if faces is not None else ""
    ends = (".parquet", "-nearest.npz")
    key = ("weak", *(load.key_of(view.results.path / f"{view.split}{end}") for end in ends), audit, view.dedup)
    slices: list[WeakSlice] = load.cached(key, lambda: _search(view))
    return slices


def searched(view: View) -> pd.DataFrame:
    """What is searched, a row per face of the View: its class, image properties, distance to the training faces and
    votes, as far as they are known.

    Nothing that rests on the prediction, such as the loss, is among them: an error would explain itself.
    """
    known = traits.properties(view)
    names = [name for name in (*MEANINGS, FAR, *VOTES) if name in known]
    columns = known[names].copy()
    columns[LABEL] = np.array(view.classes, object)[view.frame["label"].to_numpy()]
    return columns


def headline(view: View) -> str:
    """The surest weak slice in one sentence of Markdown."""
    slices = found(view)
    if not slices:
        return "No class and no image property stands out as significantly weaker than the rest."
    first = slices[0]
    return (
        f"Weakest: {plain(first.title)}, {percent(first.accuracy)} of {first.n:,} faces right "
        f"({interval(*first.interval)}), {percent(first.rest)} elsewhere."
    )


def _search(view: View) -> list[WeakSlice]:
    counted = np.flatnonzero(view.counted)
    part = searched(view).drop(columns=list(VOTES), errors="ignore").iloc[counted].reset_index(drop=True)
    slices = weak_slices(part, view.frame["right"].to_numpy()[counted])
    return [WeakSlice(one.conditions, counted[one.rows], one.accuracy, one.interval, one.rest, one.p) for one in slices]


def _row(one: WeakSlice) -> dict[str, object]:
    return {
        "slice": f"{one.title} (few faces)" if one.small else one.title,
        "n": one.n,
        "accuracy": one.accuracy,
        "interval": interval(*one.interval),
        "rest": one.rest,
        "p": one.p,
    }


def _explained(slices: list[WeakSlice]) -> None:
    names = dict.fromkeys(c.column for one in slices for c in one.conditions if c.column in traits.PROPERTIES)
    lines = "; ".join(f"**{plain(name)}**: {plain(traits.PROPERTIES[name])}" for name in names)
    few = " *Few faces*: under 100, so the accuracy is known to about ten points only." if _any_small(slices) else ""
    st.caption(f"{lines}.{few}" if lines else few.strip())


def _any_small(slices: list[WeakSlice]) -> bool:
    return any(one.small for one in slices)


def _toggle(view: View, one: WeakSlice) -> None:
    true, slices = _filters(view, one)
    if _chosen(current()) == (true, slices):
        true, slices = "", ()
    narrow(true=true, slices=slices, pred="", outcome="")


def _chosen(selection: Selection) -> tuple[str, tuple[Slice, ...]]:
    return selection.true, selection.slices


def _filters(view: View, one: WeakSlice) -> tuple[str, tuple[Slice, ...]]:
    """The class and the ranges that a Selection needs to hold exactly these faces."""
    true = next((c.value for c in one.conditions if c.column == LABEL and c.value is not None), "")
    return true, tuple(outward(c.column, c.low, c.high) for c in one.conditions if c.column != LABEL)


def outward(name: str, low: float, high: float) -> Slice:
    """A range with both ends of six digits, as a URL keeps them, moved out so that no face is lost."""
    return name, _rounded(low, math.floor), _rounded(high, math.ceil)


def _rounded(value: float, way) -> float:  # type: ignore[no-untyped-def]
    if value == 0 or not math.isfinite(value):
        return value
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 5)
    return float(f"{way(value / unit) * unit:.6g}")
