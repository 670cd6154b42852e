"""How did they learn? Learning curves of the chosen runs, and their settings side by side."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from dashboard import controls, load, palette, parameters, view
from dashboard.charts import curves as charts
from dashboard.components.chart import chart
from dashboard.components.table import Column, table
from dashboard.components.toolbar import Several, toolbar
from dashboard.results import ceiling, progress, settings
from dashboard.state import Selection, current, put, value
from dashboard.words import count, percent, plain
from ferkit.errors import FerkitError
from ferkit.runs import Run

COLUMNS = {
    "run": Column("Run"),
    "epochs": Column("Epochs"),
    "best val accuracy": Column("Best val\naccuracy", percent),
    "best epoch": Column("Best\nepoch"),
    "last val accuracy": Column("Last val\naccuracy", percent),
    "time": Column("Time"),
    "s/epoch": Column("Seconds\nper epoch", "{:.1f}".format),
    "images/s": Column("Images\nper second", count),
    "device": Column("Device"),
    "selection": Column("Epoch selection", help="Which epoch's weights were kept"),
}


def choose(runs: Mapping[str, Run], selection: Selection) -> list[str]:
    """The runs to draw: at first the Selection's two and all that are being trained."""
    busy = [name for name, run in runs.items() if run.manifest.status == "training"]
    default = list(dict.fromkeys(name for name in (selection.run, selection.base, *busy) if name in runs))
    named = [name for name in value(parameters.RUNS) if name in runs]
    chosen = named or default or list(runs)[:4]
    every = {name: name for name in runs}
    several = Several("runs", "Runs", every, chosen, placeholder="Add a run …", on_change=_keep)
    toolbar([several], key="training-runs")
    return chosen


def _keep(names: list[str]) -> None:
    put(parameters.RUNS, tuple(names))


def learning(names: list[str]) -> None:
    """Badges, curves and pace; read again each time it is drawn, so that a run in training moves."""
    runs = load.all_runs()
    histories: dict[str, pd.DataFrame] = {}
    for name in names:
        try:
            histories |= {name: runs[name].history()} if name in runs else {}
        except FerkitError as error:
            st.error(plain(str(error)), icon=":material/error:")
    standings = [progress.standing(runs[name], history) for name, history in histories.items()]
    with st.container(horizontal=True):
        for standing in standings:
            st.badge(standing.label, icon=f":material/{standing.icon}:", color=standing.colour)  # type: ignore[arg-type]
    for standing in standings:
        if standing.advice:
            st.info(standing.advice, icon=":material/play_circle:")
    drawn = {name: history for name, history in histories.items() if len(history) and "val_accuracy" in history}
    if silent := [name for name in names if name not in drawn]:
        st.caption(f"No epoch recorded: {', '.join(map(plain, silent))}.")
    if not drawn:
        return
    st.markdown(progress.sentence(*next(iter(drawn.items()))))
    with st.container(border=True):
        controls.show(controls.segments(parameters.CURVE, "Curve", list(charts.MEASURES)), key="curve")
        metric = value(parameters.CURVE, charts.MEASURES)
        spec = charts.curves(drawn, charts.MEASURES[metric], palette.of(names))
        if metric == "accuracy" and len(trained := {runs[name].dataset for name in drawn}) == 1:
            spec = ceiling.with_line(spec, trained.pop(), "val")
        chart(spec, key="curves")
        view.as_released("Scores of an epoch")
        if charts.MEASURES[metric].dotted:
            st.caption("Train is measured on augmented faces, so it may lie below val. Diamonds mark the best epoch.")
    rows = [progress.summary(runs[name], history) for name, history in drawn.items()]
    table(rows, COLUMNS, title="Pace and best epoch of each run", key="pace")


def show() -> None:
    """Choose, load, show."""
    runs = load.all_runs()
    if not runs:
        st.info(
            "No run to show yet. Train one: `python -m ferkit train --recipe base-cnn --data NAME`",
            icon=":material/model_training:",
        )
        return
    names = choose(runs, current())
    if not names:
        st.info("Choose a run above.", icon=":material/add:")
        return
    busy = any(runs[name].manifest.status == "training" for name in names)
    live = busy and st.toggle("Refresh every 10 seconds", key="refresh", persist_state="session")
    st.fragment(learning, run_every=10 if live else None)(names)
    settings.show([runs[name] for name in names])


show()
