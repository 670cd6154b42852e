"""The run of the pages that read something new: the sidebar's, or any other where the sidebar's dataset has none."""

import streamlit as st

from dashboard import load, view
from dashboard.sidebar import datasets, runs_on
from dashboard.state import Selection
from ferkit.runs import Run

__all__ = ["choose"]

KEPT = "tried-run"  # in the session, because a widget's own value is lost on another page


def choose(selection: Selection) -> Run:
    """The Selection's run; where its dataset has no evaluated run, a choice of all runs with weights. A page without
    any run ends with the next step to take."""
    runs = load.all_runs()
    if selection.run in runs:
        return _noted(runs[selection.run])
    evaluated = [name for data in datasets(runs) for name in runs_on(runs, data)]
    names = [name for name in dict.fromkeys([*evaluated, *runs]) if runs[name].weights.is_file()]
    if not names:
        return view.run_of(selection)  # which says how to train one
    kept = st.session_state.get(KEPT)
    st.session_state["any-run"] = kept if kept in names else names[0]
    st.selectbox("Run", names, key="any-run", on_change=_keep, width=420)
    st.caption(f"No run was evaluated on {selection.data} yet; any run can be tried here.")
    return _noted(runs[st.session_state["any-run"]])


def _keep() -> None:
    st.session_state[KEPT] = st.session_state["any-run"]


def _noted(run: Run) -> Run:
    if run.dataset == load.DEMO:
        st.caption(f"**{run.name}** was trained on drawn faces only: choose another run for real ones.")
    return run
