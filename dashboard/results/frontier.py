"""Accuracy against size: the runs, people, and published results on demand."""

import pandas as pd
import streamlit as st

from dashboard import controls, load, palette, parameters, view
from dashboard.charts import frontier as charts
from dashboard.components.chart import chart
from dashboard.results import ceiling
from dashboard.state import Selection, narrow, value
from ferkit.published import comparable, published

__all__ = ["caption", "show"]


def show(table: pd.DataFrame, selection: Selection, classes: tuple[str, ...]) -> None:
    """Accuracy against parameters, with people and published networks where they are about the same seven emotions."""
    with st.container(border=True):
        familiar = comparable(classes) and selection.data != load.DEMO
        shown = familiar and value(parameters.PUBLISHED)
        if familiar:
            controls.show(controls.switch(parameters.PUBLISHED, "Show published results"), key="published")
        spec = charts.accuracy_by_size(
            table, palette.of(), selection.run, published() if shown else (), people=familiar
        )
        person = ceiling.of(selection.data, selection.split, dedup=view.dedup())
        spec = ceiling.with_line(spec, selection.data, selection.split, dedup=view.dedup())
        chart(spec, key="by-size", on_click=lambda run: narrow(run=run))
        st.caption(caption(table, people=familiar, others=shown, person=person is not None))


def caption(table: pd.DataFrame, *, people: bool, others: bool, person: bool = False) -> str:
    """How to read the chart of a leaderboard."""
    sentences = ["Error bars: 95% interval over the faces, not over training runs."]
    if len(table) > charts.MANY:
        sentences.append(
            "Named: the chosen run, and each run that is more accurate than all others of its size or smaller. Hover "
            "for the rest."
        )
    if table["seeds"].map(len).any():
        sentences.append("Dashes: the same training with other seeds.")
    if people:
        sentences.append("Band: human accuracy on FER2013.")
    if person:
        sentences.append(ceiling.MEANING)
    if others:
        sentences.append(
            "Hollow points: published results, for orientation only: they differ in split, extra data, test-time "
            "augmentation and the choice of the epoch (hover for details)."
        )
    return " ".join(sentences)
