"""Every other run against the first: in a sentence, as a chart, in numbers."""

import streamlit as st

from dashboard.charts import comparison as charts
from dashboard.charts.comparison import Difference
from dashboard.components.chart import chart
from dashboard.results import pairing
from dashboard.words import chance, plain, points
from ferkit.evaluate.alignment import Aligned
from ferkit.evaluate.alignment import shifts as shifts_of

__all__ = ["sentence", "show"]

NAMED = 3  # classes in the sentence; the rest are counted


def sentence(aligned: Aligned, run: str, other: str) -> str:
    """The verdict, and the classes whose recall differs significantly (McNemar with a Bonferroni correction)."""
    test = pairing.compared(aligned, other, run)
    shifts = shifts_of(aligned, other, run, test)
    significant = [
        f"{plain(name)} {points(shift)} ({chance(p)})" for name, shift, p in shifts if p < 0.05 / len(shifts)
    ]
    if not significant:
        recall = "Recall differs significantly for no single class."
    else:
        more = f" and {len(significant) - NAMED} more" if len(significant) > NAMED else ""
        recall = f"Recall differs significantly for {', '.join(significant[:NAMED])}{more}."
    return f"**{test.sentence(plain(other), plain(run))}** {recall}"


def show(aligned: Aligned, run: str) -> None:
    """Every other run against the first: the chart and the numbers behind it."""
    differences, rows = [], []
    for other in aligned.names[1:]:
        test = pairing.compared(aligned, other, run)
        suffix = f" vs {other}" if len(aligned.names) > 2 else ""
        low, high = test.macro_f1_interval
        differences += [
            Difference(f"accuracy{suffix}", test.accuracy, test.accuracy_interval, test.sure),
            Difference(f"macro-F1{suffix}", test.macro_f1, (low, high), low * high > 0),
        ]
        rows.append(
            {
                "against": other,
                "accuracy (points)": points(test.accuracy, test.accuracy_interval).replace(" points", ""),
                "McNemar": chance(test.p),
                "macro-F1 (points)": points(test.macro_f1, (low, high)).replace(" points", ""),
                "fixed": len(test.fixed),
                "broken": len(test.broken),
                "verdict": "tie" if not test.sure else f"{run if test.accuracy > 0 else other} is better",
            }
        )
    with st.container(border=True):
        chart(charts.differences(differences), key="differences")
        st.dataframe(rows, hide_index=True, alt="Differences in numbers")
