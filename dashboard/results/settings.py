"""The settings of several runs side by side."""

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import parameters
from dashboard.state import bind
from ferkit.runs import Run, settings

__all__ = ["show"]

MARK = "background-color: rgba(245, 158, 11, 0.22)"


@st.fragment
def show(runs: list[Run]) -> None:
    """The settings of each run as a column; rows that differ are tinted."""
    table = pd.DataFrame(
        {run.name: {key: _word(value) for key, value in _described(run).items()} for run in runs}
    ).fillna("–")
    differs = table.nunique(axis=1) > 1 if len(runs) > 1 else pd.Series(False, index=table.index)
    st.subheader("Settings", anchor=False)
    if len(runs) > 1:
        st.markdown(f"**{differs.sum()} of {len(table)} settings differ.**")
        if differs.any() and st.toggle("Show only differences", **bind(parameters.ONLY_DIFFERENCES)):
            table, differs = table[differs], differs[differs]
    table.index.name = "setting"
    marked = table.style.apply(lambda row: [MARK if differs[row.name] else ""] * len(row), axis=1)
    st.dataframe(marked, height="content", alt="Settings of each run")


def _described(run: Run) -> dict[str, Any]:
    """The dataset, then every setting."""
    return {"data": run.dataset, **settings(run)}


def _word(value: Any) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
