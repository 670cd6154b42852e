"""The run for the pages that classify new images."""

import streamlit as st

from dashboard import load, view
from dashboard.state import Selection
from dashboard.words import plain
from ferkit.runs import Run

__all__ = ["choose"]


def choose(selection: Selection) -> Run:
    """The Selection's run, whether it was scored on the dataset or not, and a warning if it was trained on drawn faces
    only. A page without any run ends with the next step to take."""
    run = view.run_of(selection)
    if run.dataset == load.DEMO:
        st.caption(f"**{plain(run.name)}** was trained on drawn faces only: choose another run for real ones.")
    return run
