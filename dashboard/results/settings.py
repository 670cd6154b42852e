"""The settings of several runs side by side."""

from typing import Any

import streamlit as st

from dashboard import controls, parameters
from dashboard.components.table import Column, Mark, table
from dashboard.state import value
from ferkit.runs import Run
from ferkit.runs import settings as settings_of

__all__ = ["show"]


@st.fragment
def show(runs: list[Run]) -> None:
    """The settings of each run as a column; rows that differ are tinted."""
    settings = [_described(run) for run in runs]
    names = list(dict.fromkeys(name for row in settings for name in row))
    rows = [{"setting": name, **{str(i): row.get(name, "–") for i, row in enumerate(settings)}} for name in names]
    differ = [len({row[str(i)] for i in range(len(runs))}) > 1 for row in rows]
    st.subheader("Settings", anchor=False)
    if len(runs) > 1:
        st.markdown(f"**{sum(differ)} of {len(rows)} settings differ.**")
        if any(differ):
            controls.show(controls.switch(parameters.ONLY_DIFFERENCES, "Show only differences"), key="differences")
        if any(differ) and value(parameters.ONLY_DIFFERENCES):
            rows = [row for row, differs in zip(rows, differ, strict=True) if differs]
            differ = [True] * len(rows)
    columns = {"setting": Column("Setting"), **{str(i): Column(run.name) for i, run in enumerate(runs)}}
    marks: dict[tuple[int, str], Mark] = {
        (row, str(i)): "differs" for row in range(len(rows)) if differ[row] for i in range(len(runs))
    }
    table(rows, columns, title="Settings", key="settings", marks=marks)


def _described(run: Run) -> dict[str, str]:
    """The dataset, then every setting, as text."""
    return {"data": run.dataset} | {name: _word(value) for name, value in settings_of(run).items()}


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_word, value)) or "none"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
