"""Is it as sure as it is right? Calibration, coverage and curves per class; a bin or a threshold leads to its faces."""

import streamlit as st

from dashboard import chips, load, palette, view
from dashboard.faces.wall import wall
from dashboard.results import calibration, confusions, logit_adjustment, pairing
from dashboard.state import current


@st.fragment
def explore() -> None:
    """Charts and faces side by side: a click runs this and nothing else."""
    shown = view.of(current())
    rows = shown.rows(ignore=("confidence", "outcome"))
    if len(rows):
        st.markdown(calibration.sentence(shown, rows))
    chips.show(current())
    if not len(rows):
        st.info("No face passes these filters. Remove one above.", icon=":material/search_off:")
        return
    left, right = st.columns([4, 5], gap="medium")
    with left:
        calibration.calibration(shown, rows)
        calibration.by_outcome(shown, rows)
        calibration.threshold(shown, rows)
    with right.container(key="answer"):
        chosen, counts = shown.rows(), shown.confusion(shown.rows(ignore=("true", "pred", "outcome")))
        st.markdown(confusions.of_selection(counts, shown.classes, shown.selection, len(chosen)))
        wall(shown, chosen, key="confidence")
    with st.container(border=True):
        calibration.errors(shown, rows)
    left, right = st.columns([3, 2], gap="medium")
    with left.container(border=True):
        calibration.curves_per_class(shown, shown.rows(ignore=("true", "pred", "confidence", "outcome")))
    with right.container(border=True):
        calibration.top(shown, rows)


def rare_classes() -> None:
    """What a logit adjustment would do to the run and its baseline."""
    selection, runs = current(), load.all_runs()
    scored = [name for name in (selection.run, selection.base) if name in runs]
    names = [name for name in scored if selection.split in runs[name].results(selection.data).scores]
    with load.show_errors():
        aligned = pairing.of(names, selection.data, selection.split, dedup=view.dedup())
    logit_adjustment.show(aligned, palette.of())


view.of(current())
explore()
rare_classes()
