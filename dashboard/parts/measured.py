"""What `ferkit explain` measured on a sample: each class's probability with parts hidden, or taken from another
class."""

import numpy as np
import streamlit as st

from dashboard import controls, load, parameters
from dashboard.charts import parts as charts
from dashboard.components.chart import chart
from dashboard.selection import Selection
from dashboard.state import put, value
from dashboard.words import code, plain, signed
from ferkit.colours import of_classes
from ferkit.errors import FerkitError
from ferkit.explain.face_regions import REGIONS
from ferkit.explain.part_effects import PartEffects, read_effects
from ferkit.runs import Run

__all__ = ["headline", "show", "stored"]

WAYS = {"hidden": "hidden", "taken": "taken from another class"}
NAMED = 4  # classes of the first sentence


def stored(run: Run, selection: Selection) -> PartEffects | None:
    """What is stored of the Selection's split; None, after saying so, where there is nothing or it is broken."""
    results, split = run.results(selection.data), selection.split or "val"
    path = results.path / f"{split}-parts.npz"
    if not path.is_file():
        command = f"python -m ferkit explain {run.name} --data '{selection.data}' --split {split}"
        st.info(
            f"What the parts of a face do has not been measured for **{plain(run.name)}** on {plain(split)} yet. "
            f"Measure it: {code(command)}",
            icon=":material/info:",
        )
        return None
    try:
        found: PartEffects = load.cached(
            ("parts", load.key_of(path)), lambda: read_effects(results.path, split, len(run.classes))
        )
    except FerkitError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    return found


def show(run: Run, found: PartEffects) -> None:
    """The table of classes and parts; a click on a cell shows what the other classes gain."""
    st.markdown(headline(found, run.classes))
    way = _way()
    left, right = st.columns([3, 2], gap="large")
    with left:
        if way == "hidden":
            _hidden(run, found)
        else:
            _taken(run, found)
    with right:
        _others(run, found, way)


def headline(found: PartEffects, classes: tuple[str, ...]) -> str:
    """On which part each class rests most: the largest falls whose intervals are below 0."""
    own = _own(found)
    rests = []
    for c, name in enumerate(classes):
        sure = np.where(own[2, c] < 0, own[0, c], np.nan)
        if np.isfinite(sure).any():
            part = int(np.nanargmin(sure))
            rests.append(
                (float(sure[part]), f"{plain(name)} on the {_place(part)} ({signed(float(sure[part]))} points)")
            )
    if not rests:
        return "Hiding no part lowers the probability of any class for certain."
    said = [text for _, text in sorted(rests)[:NAMED]]
    return f"**{said[0][0].upper()}{said[0][1:].replace(' on the ', ' rests most on the ', 1)}**" + "".join(
        f", {text}" for text in said[1:]
    ) + "."  # fmt: skip


def _place(part: int) -> str:
    return REGIONS[part] if REGIONS[part] != "elsewhere" else "surroundings"


def _way() -> str:
    controls.show(controls.segments(parameters.PARTS_WAY, "The part is", WAYS), key="way")
    return value(parameters.PARTS_WAY)


def _hidden(run: Run, found: PartEffects) -> None:
    title = "Change of a class's own probability when a part is hidden, in points"
    spec = charts.effects(_own(found), run.classes, REGIONS, title, list(_cell(run, found)))
    chart(spec, key="parts-hidden", on_click=_choose)
    st.caption(
        f"Faces labelled with each class ({_counts(found)}), the part replaced by that of the mean face at the face's "
        "own brightness and contrast. Numbers stand where the 95% bootstrap interval leaves out 0."
    )


def _taken(run: Run, found: PartEffects) -> None:
    names = run.classes
    controls.show(controls.select(parameters.PARTS_FROM, "Part of the mean face of", names), key="from")
    donor = names.index(value(parameters.PARTS_FROM, names))
    values = found.taken[:, :, donor]
    title = f"Change of the probability of {names[donor]}, in points"
    chart(charts.effects(values, names, REGIONS, title, list(_cell(run, found))), key="parts-taken", on_click=_choose)
    st.caption(
        f"Rows are the labels of the faces ({_counts(found)}); columns the part that is taken from the mean "
        f"{plain(names[donor])} face. Numbers stand where the 95% bootstrap interval leaves out 0."
    )


def _others(run: Run, found: PartEffects, way: str) -> None:
    """What every class's probability does when the part of the chosen cell is hidden, or taken from that class."""
    label, part = _cell(run, found)
    row, column = run.classes.index(label), REGIONS.index(part)
    hidden = way == "hidden"
    values = found.hidden[:, row, column] if hidden else found.taken[:, row, :, column]
    title = f"Faces labelled {label}, {_place(column)} {'hidden' if hidden else 'taken from each class'}"
    chart(charts.gains(values, run.classes, of_classes(run.classes), title), key="parts-gains")
    gained = "What each class gains or loses" if hidden else "What the class that the part is taken from gains or loses"
    st.caption(f"{gained}; bars end in 95% intervals. Click a cell of the table for another part or class.")


def _cell(run: Run, found: PartEffects) -> tuple[str, str]:
    """The chosen cell, class and part; that of the largest fall at first."""
    label, _, part = value(parameters.PARTS_CELL).rpartition("|")
    if label in run.classes and part in REGIONS:
        return label, part
    own = np.nan_to_num(_own(found)[0])
    row, column = np.unravel_index(int(own.argmin()), own.shape)
    return run.classes[int(row)], REGIONS[int(column)]


def _own(found: PartEffects) -> np.ndarray:
    """Changes of each class's own probability on its own faces, (3, C, R)."""
    return np.stack([found.hidden[:, c, :, c] for c in range(found.hidden.shape[1])], 1)


def _choose(cell: list[str]) -> None:
    put(parameters.PARTS_CELL, "|".join(cell))


def _counts(found: PartEffects) -> str:
    low, high = int(found.n.min()), int(found.n.max())
    return f"{low} each" if low == high else f"{low} to {high} each"
