"""Where does it fail? A cell of the confusion matrix, the faces in it, one face."""

from dataclasses import replace

import numpy as np
import streamlit as st

from dashboard import chips, controls, parameters, view
from dashboard.components.matrix import matrix
from dashboard.components.toolbar import Segments, Span, toolbar
from dashboard.faces.wall import wall
from dashboard.results import confusions, frequent, look
from dashboard.state import Selection, current, narrow, put, value
from dashboard.view import View

OUTCOMES = {"all faces": "", "wrong": "wrong", "right": "right"}
OUTCOME_NAMES = {outcome: name for name, outcome in OUTCOMES.items()}


@st.fragment
def explore() -> None:
    """Matrix and faces side by side: a click runs this and nothing else."""
    shown = view.of(current())
    shown = replace(shown, selection=_aimed(shown.selection))
    around = shown.rows(ignore=("true", "pred", "outcome"))
    counts = shown.confusion(around)
    chips.show(current())
    left, right = st.columns([4, 5], gap="medium")
    with left:
        _matrix(shown, counts)
        frequent.show(counts, shown.classes, _choose)
    with right.container(key="answer"):
        rows = shown.rows()
        _choices(shown.selection)
        st.markdown(confusions.of_selection(counts, shown.classes, shown.selection, len(rows)))
        wall(shown, rows, key="failures", around=around)


def _aimed(selection: Selection) -> Selection:
    """The Selection, on misclassified faces where neither a class nor an outcome was chosen."""
    if selection.outcome or selection.true or selection.pred or value(parameters.ALL_FACES):
        return selection
    return replace(selection, outcome="wrong")


def _matrix(shown: View, counts: np.ndarray) -> None:
    controls.show(*look.choices(), key="look")
    order, norm = look.order(counts), value(parameters.NORM)
    matrix(
        counts[np.ix_(order, order)],
        tuple(shown.classes[i] for i in order),
        norm,
        key="failures-matrix",
        chosen=(shown.selection.true, shown.selection.pred),
        on_click=_choose,
    )
    look.legend(norm)


def _choose(true: str, pred: str) -> None:
    """Select a cell, or the name of a row or a column; a second click deselects it."""
    now = current()
    if (true, pred) == (now.true, now.pred):
        narrow(true="", pred="")
    elif true and pred:
        narrow(true=true, pred=pred, outcome="")
    else:
        narrow(true=true, pred=pred)


def _choices(selection: Selection) -> None:
    cell = bool(selection.true and selection.pred)
    outcome = selection.outcome or (("right" if selection.true == selection.pred else "wrong") if cell else "")
    low, high = selection.confidence or (0.0, 1.0)
    row = [
        Segments(
            "outcome",
            "Faces",
            {name: name for name in OUTCOMES},
            OUTCOME_NAMES[outcome],
            disabled=cell,
            on_change=_outcome,
        ),
        Span("confidence", "Confidence", (round(100 * low), round(100 * high)), on_change=_confidence),
    ]
    toolbar(row, key="failures-choices")


def _outcome(name: str) -> None:
    put(parameters.ALL_FACES, not OUTCOMES[name])
    narrow(outcome=OUTCOMES[name])


def _confidence(ends: tuple[int, int]) -> None:
    low, high = ends
    narrow(confidence=None if (low, high) == (0, 100) else (low / 100, high / 100))


shown = view.of(current())
every = shown.confusion(np.flatnonzero(shown.counted))
st.markdown(f"**{confusions.worst_class(every, shown.classes)}**")
explore()
