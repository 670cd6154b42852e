"""The faces a run fixed and broke against another one."""

import numpy as np
import streamlit as st

from dashboard import chips, parameters, view
from dashboard.faces.wall import Notes, wall
from dashboard.results import pairing
from dashboard.state import Selection, bind, value
from dashboard.view import View
from dashboard.words import plain
from ferkit.evaluate.alignment import Aligned

__all__ = ["rows", "show"]

SIDES = {
    "fixed": "{run} is right, {other} is wrong.",
    "broken": "{run} is wrong, {other} is right.",
}


def show(aligned: Aligned, run: str, selection: Selection) -> None:
    """Fixed or broken faces of `run`, the first of the aligned runs, against another one; filtered by the Selection."""
    st.subheader("Fixed and broken faces", anchor=False)
    others = list(aligned.names[1:])
    with st.container(horizontal=True, vertical_alignment="bottom"):
        other = others[0]
        if others[1:]:
            st.segmented_control(
                "Against", others, required=True, format_func=plain, **bind(parameters.AGAINST, others)
            )
            other = value(parameters.AGAINST, others)
        test = pairing.compared(aligned, other, run)
        st.segmented_control(
            "Faces",
            list(SIDES),
            required=True,
            **bind(parameters.CHANGED),
            format_func=lambda name: f"{name} ({len(getattr(test, name)):,})",
            label_visibility="visible" if others[1:] else "collapsed",
        )
        st.page_link("../pages/failures.py", label="Open this selection on Failures", icon=":material/troubleshoot:")
    side = value(parameters.CHANGED)
    st.caption(SIDES[side].format(run=plain(run), other=plain(other)))
    chips.show(selection)
    shown = view.of(selection)
    wall(
        shown,
        rows(aligned, run, other, getattr(test, side), shown),
        key=f"compare-{side}",
        notes=_notes(aligned, other, side, shown),
    )


def rows(aligned: Aligned, run: str, other: str, changed: np.ndarray, shown: View) -> np.ndarray:
    """int (M,): rows of the View of `run` that changed and pass its filters, where the predicted class may be either
    run's."""
    pred = shown.selection.pred
    if pred in aligned.classes:
        index = aligned.classes.index(pred)
        changed = changed[(aligned.pred(run)[changed] == index) | (aligned.pred(other)[changed] == index)]
    passing = shown.rows(ignore=("pred",))
    return passing[np.isin(passing, aligned.rows[aligned.names.index(run)][changed])]


def _notes(aligned: Aligned, other: str, side: str, shown: View) -> Notes:
    """Under a fixed face the other run's prediction, under a broken one this run's."""
    before = np.full(len(shown.frame), -1)
    before[aligned.rows[0]] = aligned.pred(other)
    now = shown.frame["pred"].to_numpy()

    def notes(faces: np.ndarray) -> list[str]:
        if side == "fixed":
            return [f"was {aligned.classes[i]}" for i in before[faces]]
        return [f"now {shown.classes[i]}" for i in now[faces]]

    return notes
