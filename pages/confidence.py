"""Is it as sure as it is right? Calibration, coverage and curves per class; a bin or a threshold leads to its faces."""

import numpy as np
import streamlit as st

from dashboard import chips, load, view
from dashboard.faces.wall import wall
from dashboard.results import confusions, logit_adjustment, pairing, sureness
from dashboard.state import current
from dashboard.view import View
from ferkit import metrics
from ferkit.colours import of_runs


@st.fragment
def explore() -> None:
    """Charts and faces side by side: a click runs this and nothing else."""
    shown = view.of(current())
    rows = shown.rows(ignore=("confidence", "outcome"))
    if len(rows):
        st.markdown(sureness.sentence(shown, rows))
    chips.show(current())
    if not len(rows):
        st.info("No face passes these filters. Remove one above.", icon=":material/search_off:")
        return
    left, right = st.columns([4, 5], gap="medium")
    with left:
        sureness.calibration(shown, rows)
        sureness.by_outcome(shown, rows)
        sureness.threshold(shown, rows)
    with right.container(key="answer"):
        chosen = shown.rows()
        st.markdown(confusions.of_selection(_counts(shown), shown.classes, shown.selection, len(chosen)))
        wall(shown, chosen, key="confidence")
    with st.container(border=True):
        sureness.errors(shown, rows)
    left, right = st.columns([3, 2], gap="medium")
    with left.container(border=True):
        sureness.curves_per_class(shown, shown.rows(ignore=("true", "pred", "confidence", "outcome")))
    with right.container(border=True):
        sureness.top(shown, rows)


def _counts(shown: View) -> np.ndarray:
    part = shown.frame.iloc[shown.rows(ignore=("true", "pred", "outcome"))]
    return metrics.confusion(part["label"].to_numpy(), part["pred"].to_numpy(), len(shown.classes))


def rare_classes() -> None:
    """What a logit adjustment would do to the run and its baseline."""
    selection, runs = current(), load.all_runs()
    scored = [name for name in (selection.run, selection.base) if name in runs]
    names = [name for name in scored if selection.split in runs[name].results(selection.data).scores]
    with load.show_errors():
        aligned = pairing.of(names, selection.data, selection.split, dedup=view.dedup())
    logit_adjustment.show(aligned, of_runs(sorted(runs)))


view.of(current())
explore()
rare_classes()
