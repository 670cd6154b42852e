"""Where is it weak? Ranges of image properties, tags and corruptions on which the run does worse, and their faces."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from dashboard import chips, controls, parameters, view
from dashboard.faces.wall import wall
from dashboard.slices import by_property, corrupted, tagged, weak
from dashboard.slices.shown import Shown
from dashboard.state import current, value
from dashboard.view import View
from dashboard.words import percent

VIEWS: dict[str, Callable[[View], Shown]] = {
    "Weak slices": weak.show,
    "By property": by_property.show,
    "Tags": tagged.show,
    "Corruptions": corrupted.show,
}


@st.fragment
def explore() -> None:
    """A view, and beside it the faces it leads to: a click runs this and nothing else."""
    shown = view.of(current())
    chips.show(shown.selection)
    left, right = st.columns([1, 1], gap="medium")
    with left:
        controls.show(controls.segments(parameters.WEAKNESS, "View", list(VIEWS), bare=True), key="slices-view")
        narrowed = VIEWS[value(parameters.WEAKNESS, VIEWS)](shown)
    with right.container(key="answer"):
        rows = shown.rows()
        rows = rows if narrowed.keep is None else rows[narrowed.keep[rows]]
        st.markdown(_sentence(shown, rows, narrowed))
        wall(shown, rows, key="slices", notes=narrowed.notes)


def _sentence(shown: View, rows: np.ndarray, narrowed: Shown) -> str:
    if narrowed.sentence:
        return narrowed.sentence(len(rows))
    if not len(rows):
        return "**0 faces**"
    right = shown.frame["right"].to_numpy()
    here, overall = percent(right[rows].mean()), percent(right[shown.counted].mean())
    return f"**{len(rows):,} faces** · {here} correct here, {overall} overall"


st.markdown(f"**{weak.headline(view.of(current()))}**")
explore()
