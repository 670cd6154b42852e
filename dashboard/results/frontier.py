"""Accuracy against size: our runs, people, and on demand what others published."""

import pandas as pd
import streamlit as st

from dashboard import load
from dashboard.charts import frontier as charts
from dashboard.charts.style import QUIET
from dashboard.state import Selection
from ferkit.colours import of_runs
from ferkit.published import comparable, published

__all__ = ["show"]


@st.fragment
def show(table: pd.DataFrame, selection: Selection, classes: tuple[str, ...]) -> None:
    """Accuracy against parameters, with people and published networks where they speak of the same seven emotions."""
    with st.container(border=True):
        familiar = comparable(classes) and selection.data != load.DEMO
        shown = familiar and st.toggle("Published networks", value=True, key="published", persist_state="session")
        colours = of_runs(sorted(load.all_runs()))
        others = published() if shown else ()
        st.plotly_chart(
            charts.accuracy_by_size(table, colours, selection.run, others, people=familiar), key="by-size", config=QUIET
        )
        told = "Bars are 95% intervals over the faces scored, not over training again."
        if len(table) > charts.MANY:
            told += (
                " Named are the chosen run and those that no run of at most their size beats; hover over the others."
            )
        if table["seeds"].map(len).any():
            told += " Dashes are the same training from other seeds."
        if familiar:
            told += " The band is how well people do on FER2013."
        if shown:
            told += (
                " Hollow points are what others report: on other splits, some with the epoch chosen on the scored faces, with more data or "
                "several views of a face (hover for each). They show the neighbourhood, not a ranking."
            )
        st.caption(told)
