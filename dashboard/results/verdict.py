"""Every other run against the first: in a sentence, as a chart, in numbers."""

import streamlit as st

from dashboard.charts import scores as charts
from dashboard.charts.style import QUIET
from dashboard.results import pairing
from dashboard.results.pairing import Aligned
from dashboard.words import chance, points

__all__ = ["sentence", "show"]


def sentence(aligned: Aligned, run: str, other: str) -> str:
    """The verdict, and the emotions in which the two surely differ."""
    test = pairing.compared(aligned, other, run)
    found = pairing.shifts(aligned, other, run, test)
    sure = [f"{name} {points(shift)} ({chance(p)})" for name, shift, p in found if p < 0.05 / len(found)]
    more = f" and on {len(sure) - 3} more" if len(sure) > 3 else ""
    told = (
        f"In recall it surely differs on {', '.join(sure[:3])}{more}."
        if sure
        else "In the recall of no single class do they surely differ."
    )
    return f"**{test.sentence(other, run)}** {told}"


def show(aligned: Aligned, run: str) -> None:
    """Every other run against the first: the chart and the numbers behind it."""
    found, rows = [], []
    for other in aligned.names[1:]:
        test = pairing.compared(aligned, other, run)
        told = f" vs {other}" if len(aligned.names) > 2 else ""
        low, high = test.macro_f1_interval
        found.append((f"accuracy{told}", test.accuracy, test.accuracy_interval, test.sure))
        found.append((f"macro-F1{told}", test.macro_f1, (low, high), low * high > 0))
        accuracy, macro = (
            points(*one).replace(" points", "")
            for one in ((test.accuracy, test.accuracy_interval), (test.macro_f1, (low, high)))
        )
        verdict = "a tie" if not test.sure else f"{run if test.accuracy > 0 else other} is better"
        rows.append({"against": other, "accuracy (points)": accuracy, "McNemar": chance(test.p), "macro-F1 (points)": macro,
                     "fixed": len(test.fixed), "broken": len(test.broken), "verdict": verdict})  # fmt: skip
    with st.container(border=True):
        st.plotly_chart(charts.differences(found), config=QUIET, key="differences")
        st.dataframe(rows, hide_index=True, alt="Differences in numbers")
