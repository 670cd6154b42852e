"""The settings of several runs side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard import controls, parameters
from dashboard.components.table import Column, Mark, table
from dashboard.state import value
from dashboard.words import plain
from ferkit.runs import Run
from ferkit.runs import settings as settings_of

__all__ = ["differing", "show"]


@st.fragment
def show(runs: list[Run]) -> None:
    """The settings of each run as a column; rows that differ are tinted."""
    settings = [_described(run) for run in runs]
    names = list(dict.fromkeys(name for row in settings for name in row))
    rows = [{"setting": name, **{str(i): row.get(name, "–") for i, row in enumerate(settings)}} for name in names]
    differ = differing(names, settings)
    st.subheader("Settings", anchor=False)
    if len(runs) > 1:
        st.markdown(f"**{sum(differ)} of {len(rows)} settings differ.**{_untrained(runs, settings)}")
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


def differing(names: Sequence[str], settings: Sequence[Mapping[str, str]]) -> list[bool]:
    """Whether the runs differ in each setting. A run that averages others says nothing of how to train, and so does not
    differ in that."""
    return [len({row.get(name) for row in settings if name in row or "lr" in row}) > 1 for name in names]


def _untrained(runs: list[Run], settings: list[dict[str, str]]) -> str:
    names = [plain(run.name) for run, row in zip(runs, settings, strict=True) if "lr" not in row]
    return f" Averaged from others, so without settings of training: {', '.join(names)}." if names else ""


def _described(run: Run) -> dict[str, str]:
    """The dataset, then every setting, as text."""
    return {"data": run.dataset} | {name: _word(value) for name, value in settings_of(run).items()}


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_word, value)) or "none"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
