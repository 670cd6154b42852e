"""How did they learn? Curves of chosen runs, and their settings side by side."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import load
from dashboard.charts import curves as charts
from dashboard.charts.style import QUIET
from dashboard.results import progress
from dashboard.state import Selection, current
from ferkit.colours import of_runs
from ferkit.runs import Run, settings

MARK = "background-color: rgba(245, 158, 11, 0.22)"
NUMBER = st.column_config.NumberColumn
COLUMNS = {
    "best val": NUMBER(format="%.1f%%"),
    "last val": NUMBER(format="%.1f%%"),
    "s/epoch": NUMBER(format="%.1f"),
    "images/s": NUMBER(format="%.0f"),
}


def choose(found: Mapping[str, Run], selection: Selection) -> list[str]:
    """The runs to draw: at first the Selection's two and whatever is being trained."""
    busy = [name for name, run in found.items() if run.manifest.status == "training"]
    default = (
        list(dict.fromkeys(name for name in (selection.run, selection.base, *busy) if name in found)) or list(found)[:4]
    )
    key = f"training-runs-{selection.run}-{selection.base}"
    return st.multiselect("Runs", list(found), default=default, key=key, persist_state="session")


def sentence(name: str, history: pd.DataFrame) -> str:
    """How the first run learned: its best epoch, and whether it was still getting better."""
    values = history["val_accuracy"]
    best = int(values.to_numpy().argmax())
    told = f"**{name} reached {100 * values.iloc[best]:.1f}% on val in epoch {history['epoch'].iloc[best]:.0f} of {len(history)}**"
    tail = max(3, len(history) // 10)
    if len(history) < 2 * tail:
        return f"{told}."
    gain = 100 * (values.iloc[-tail:].mean() - values.iloc[-2 * tail : -tail].mean())
    rising = f"the last {tail} epochs lie {abs(gain):.1f} points {'above' if gain >= 0 else 'below'} the {tail} before"
    return f"{told}: {rising}."


def learning(names: list[str]) -> None:
    """Badges, curves and pace; read anew each time it is drawn, so that a run under way moves."""
    found = load.all_runs()
    histories = {name: found[name].history() for name in names if name in found}
    standings = {name: progress.standing(found[name], history) for name, history in histories.items()}
    with st.container(horizontal=True):
        for one in standings.values():
            st.badge(one.label, icon=f":material/{one.icon}:", color=one.colour)  # type: ignore[arg-type]
    for one in standings.values():
        if one.advice:
            st.info(one.advice, icon=":material/play_circle:")
    drawn = {name: history for name, history in histories.items() if len(history) and "val_accuracy" in history}
    if silent := [name for name in names if name not in drawn]:
        st.caption(f"No epoch told yet: {', '.join(silent)}.")
    if not drawn:
        return
    st.markdown(sentence(*next(iter(drawn.items()))))
    with st.container(border=True):
        what = st.segmented_control(
            "Curve", list(charts.MEASURES), default="accuracy", required=True, key="curve", persist_state="session"
        )
        figure = charts.curves(drawn, charts.MEASURES[what], of_runs(sorted(found)))
        st.plotly_chart(figure, config=QUIET, key="curves")
        if charts.MEASURES[what].dotted:
            st.caption("Train is told on augmented faces, so it may lie below val. A diamond marks the best epoch.")
    rows = [progress.summary(found[name], history) for name, history in drawn.items()]
    st.dataframe(rows, hide_index=True, column_config=COLUMNS, alt="Pace and best epoch of each run")


@st.fragment
def side_by_side(runs: list[Run]) -> None:
    """The settings of each run as a column; rows that differ are tinted."""
    table = pd.DataFrame(
        {run.name: {key: _word(value) for key, value in described(run).items()} for run in runs}
    ).fillna("–")
    differs = table.nunique(axis=1) > 1 if len(runs) > 1 else pd.Series(False, index=table.index)
    st.subheader("Settings", anchor=False)
    if len(runs) > 1:
        st.markdown(
            f"**{differs.sum()} of {len(table)} settings differ.**"
            if differs.any()
            else "**Every setting is the same.**"
        )
        if differs.any() and st.toggle("Only differences", value=True, key="only-differences", persist_state="session"):
            table, differs = table[differs], differs[differs]
    table.index.name = "setting"
    marked = table.style.apply(lambda row: [MARK if differs[row.name] else ""] * len(row), axis=1)
    st.dataframe(marked, height="content", alt="Settings of each run")


def described(run: Run) -> dict[str, Any]:
    """The data, then every setting."""
    return {"data": run.dataset, **settings(run)}


def _word(value: Any) -> str:
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def show() -> None:
    """Choose, load, show."""
    found = load.all_runs()
    if not found:
        st.info(
            "No run to show yet. Train one: `python -m ferkit train --recipe base-cnn --data NAME`",
            icon=":material/model_training:",
        )
        return
    names = choose(found, current())
    if not names:
        st.info("Choose a run above.", icon=":material/add:")
        return
    busy = any(found[name].manifest.status == "training" for name in names)
    live = busy and st.toggle("Refresh every 10 seconds", key="refresh", persist_state="session")
    st.fragment(learning, run_every=10 if live else None)(names)
    side_by_side([found[name] for name in names])


show()
