"""Where one run is better than another: class by class, or slice by slice of what is known of the faces."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from dashboard import controls, parameters, traits
from dashboard.charts.groups import group_differences
from dashboard.components.chart import chart
from dashboard.components.table import Column, table
from dashboard.results import pairing
from dashboard.state import current, narrow, value
from dashboard.view import View
from dashboard.words import code, percent, points
from ferkit.evaluate.alignment import Aligned
from ferkit.evaluate.differences import Difference

__all__ = ["show", "slices"]

SHOWN = 12  # slices, the surest differences
LEAST = 20  # faces of a slice
# Slices are of what is known of a face without a network: one that follows from a run's own predictions would hold them
# against it.
TAGS = {
    "exact copy in train",
    "near duplicate",
    "crowd disagrees",
    "crowd unsure",
    "dark",
    "bright",
    "blurred",
    "noted",
}
PROPERTIES = {name for name in traits.PROPERTIES if name not in ("loss", "margin")}
KINDS = {"classes": "per class", "slices": "per slice"}


def show(aligned: Aligned, run: str, other: str, shown: View) -> None:
    """The differences as a chart whose points are clicked, and in numbers."""
    controls.show(controls.segments(parameters.GROUPS, "Differences", KINDS, bare=True), key="groups")
    if value(parameters.GROUPS, KINDS) == "classes":
        rows, note = pairing.by_class(aligned, other, run), ""
        selects: list[Any] = [["class", row.name] for row in rows]
        title, now = "Difference in recall per class", current()
        chosen = [["class", now.true]] if now.true else []
        click = _choose_class
    else:
        found = slices(aligned, run, shown)
        tested = pairing.by_slice(aligned, other, run, {name: mask for name, (mask, _) in found.items()})
        rows = sorted(tested, key=lambda row: (row.p, -abs(row.difference)))[:SHOWN]
        selects, chosen, click = [["slice", row.name] for row in rows], [], partial(_choose_slice, found)
        title = "Difference in accuracy per slice"
        note = f"The {len(rows)} surest of {len(tested)} slices; p is corrected for all of them."
        if traits.audit(shown) is None:
            command = code(f"python -m ferkit data audit {shown.selection.data}")
            st.caption(f"Slices by brightness, sharpness, pose and more need the dataset's audit: {command}")
    if not rows:
        st.caption("No slice holds enough faces.")
        return
    chart(group_differences(rows, selects, chosen, title, run, other), key=f"groups-{title}", on_click=click)
    st.caption(f"{note} Green and red: p < 0.05 after Holm's correction; gray: no significant difference.".strip())
    numbers = st.expander("In numbers", key="groups-numbers", on_change="rerun")
    if numbers.open:
        with numbers:
            _numbers(rows, run, other)


def slices(aligned: Aligned, run: str, shown: View) -> dict[str, tuple[np.ndarray, Any]]:
    """name -> (bool (n,), what a click on it narrows): every tag, and the lowest and highest third of every property,
    that is known without a network; those with fewer than `LEAST` faces, and those that hold all, are left
    out."""
    places = aligned.rows[aligned.names.index(run)]
    found: dict[str, tuple[np.ndarray, Any]] = {
        name: (mask[places], {"tags": (name,)}) for name, mask in traits.tags(shown).items() if name in TAGS
    }
    for name, column in traits.properties(shown).items():
        values = column.to_numpy(np.float64)
        known = values[places][np.isfinite(values[places])]
        if name not in PROPERTIES or not len(known):
            continue
        low, middle, end, high = np.quantile(known, [0, 1 / 3, 2 / 3, 1]).tolist()
        for word, first, last in (("low", low, middle), ("high", end, high)):
            mask = (values[places] >= first) & (values[places] <= last)
            found[f"{name}: {word}"] = (mask, {"slices": ((str(name), first, last),)})
    return {name: one for name, one in found.items() if LEAST <= one[0].sum() < len(places)}


def _choose_class(payload: Any) -> None:
    narrow(true="" if current().true == payload[1] else payload[1], pred="")


def _choose_slice(found: dict[str, tuple[np.ndarray, Any]], payload: Any) -> None:
    if payload[1] in found:
        narrow(**found[payload[1]][1])


def _numbers(rows: Sequence[Difference], run: str, other: str) -> None:
    held = [
        {
            "name": row.name, "n": row.n, "b": row.b, "a": row.a, "difference": row.difference,
            "interval": points(0.0, row.interval).partition(" points ")[2],
            "fixed": row.fixed, "broken": row.broken, "p": row.adjusted,
        }
        for row in rows
    ]  # fmt: skip
    columns = {
        "name": Column("Group"),
        "n": Column("Faces", "{:,}".format),
        "b": Column(run, percent),
        "a": Column(other, percent),
        "difference": Column("Difference", points),
        "interval": Column("95% interval"),
        "fixed": Column("Fixed", "{:,}".format),
        "broken": Column("Broken", "{:,}".format),
        "p": Column("p, Holm", lambda p: "< 0.001" if p < 0.001 else f"{p:.2g}"),
    }
    marks = {
        (i, "difference"): "better" if row.difference > 0 else "worse" for i, row in enumerate(rows) if row.significant
    }
    table(held, columns, title="Differences per group", key="groups-table", marks=marks)  # type: ignore[arg-type]
