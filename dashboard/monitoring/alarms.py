"""Whether the logged faces still look like val: a sentence and a table."""

import pandas as pd
import streamlit as st

from dashboard.components.table import Column, table
from dashboard.words import chance, code, count, percent, plain
from ferkit.monitor.drift import LEAST, LEVEL, SMALLEST, Drift, drift
from ferkit.monitor.reference import Reference
from ferkit.runs import Run

__all__ = ["sentence", "show"]

COLUMNS = {
    "measure": Column("Measure"),
    "alarm": Column("Alarm"),
    "before": Column("On val", help="Median of the reference"),
    "now": Column("Logged", help="Median of the log"),
    "distance": Column("Distance", lambda value: f"{value:.2f}", help="0 is the same, 1 entirely different"),
    "p": Column("p (Holm)", chance),
}


def show(log: pd.DataFrame, run: Run, reference: Reference | None) -> list[Drift]:
    """The verdict, or what is missing for one; returns what was tested."""
    st.subheader("Does it still look like val?", anchor=False)
    if reference is None:
        command = code(f"python -m ferkit monitor reference '{run.name}'")
        missing = f"No reference is stored for {plain(run.name)}. Make it, with its dataset: {command}"
        st.info(missing, icon=":material/straighten:")
        return []
    found = drift(log, reference)
    if not found:
        st.caption(f"Alarms need {LEAST} faces; {count(len(log))} {'is' if len(log) == 1 else 'are'} logged here.")
        return []
    alarms = [one for one in found if one.alarm]
    if alarms:
        st.warning(sentence(found), icon=":material/notifications_active:")
    else:
        st.success(sentence(found), icon=":material/check_circle:")
    marks = {(i, "alarm"): "worse" for i, one in enumerate(found) if one.alarm}
    table([_row(one) for one in found], COLUMNS, title="Drift", key="drift", marks=marks)  # type: ignore[arg-type]
    st.caption(
        "Kolmogorov-Smirnov distance (of the features in the direction that differs most), and total variation for the "
        f"classes. An alarm needs p < {LEVEL:g} after Holm's correction and a distance of at least {SMALLEST:g}. Faces "
        "of one video or webcam depend on each other: one long video alone can raise it."
    )
    return found


def sentence(found: list[Drift]) -> str:
    """All measures in one sentence."""
    alarms = [one for one in found if one.alarm]
    if not alarms:
        return f"No alarm: the {count(found[0].n)} logged faces look like val."
    return "The logged faces differ from val: " + "; ".join(map(_words, alarms)) + "."


def _words(one: Drift) -> str:
    if one.before is None or one.now is None:
        return f"**{one.measure}** ({plain(one.detail)})"
    way = "lower" if one.now < one.before else "higher" if one.now > one.before else "spread otherwise"
    return f"**{one.measure}** {way} ({_value(one, one.now)}, on val {_value(one, one.before)})"


def _value(one: Drift, value: float | None) -> str:
    if value is None:
        return "–"
    return percent(value, 0) if one.measure == "confidence" else f"{value:.2f}"


def _row(one: Drift) -> dict[str, object]:
    now = one.detail or _value(one, one.now)
    return {
        "measure": one.measure, "before": _value(one, one.before), "now": now, "distance": one.distance, "p": one.p,
        "alarm": "yes" if one.alarm else "no",
    }  # fmt: skip
