"""Does it still see what it was chosen on? Logged predictions over time, compared with val, and alarms."""

import pandas as pd
import streamlit as st

from dashboard import controls, load, parameters
from dashboard.charts import monitor as charts
from dashboard.components.chart import chart
from dashboard.monitoring import alarms, pictures, reading
from dashboard.state import current, value
from dashboard.words import code, count, percent, plain
from ferkit.colours import of_classes
from ferkit.monitor.store import COLUMNS, VARIABLE, address
from ferkit.monitor.summary import steps
from ferkit.runs import Run

LAST = {"hour": "the last hour", "day": "the last day", "week": "the last week", "month": "the last 30 days"}


def off() -> None:
    """How to switch it on, and what is kept."""
    st.info("Nothing is logged yet: it is off until you switch it on.", icon=":material/monitoring:")
    st.markdown(
        "Name a file, or a database of PostgreSQL, when you start the app or the server:\n\n"
        f"- {code(f'{VARIABLE}=predictions.db make app')} logs Photo, Video and Webcam\n"
        f"- {code(f'{VARIABLE}=predictions.db python -m ferkit serve compact')} logs what is sent to the server\n"
        f"- {code(f'{VARIABLE}=postgresql://me@host/ferkit …')} shares one log among machines"
    )
    st.caption(
        f"One row per face: {', '.join(COLUMNS)}. No picture is kept, unless {code(f'{pictures.VARIABLE}=1000')} asks "
        "for those of the latest 1,000 faces. Here you then see volume, latency, confidence and classes over time, and "
        "alarms when the faces no longer look like val."
    )


def filters(sources: list[str]) -> tuple[str, str]:
    """The period, and where the predictions came from."""
    options = ["all", *sources]
    controls.show(
        controls.segments(parameters.PERIOD, "Period", {name: name.capitalize() for name in reading.PERIODS}),
        controls.segments(parameters.LOGGED, "From", {name: name.capitalize() for name in options}),
        key="monitor-filters",
    )
    return value(parameters.PERIOD), value(parameters.LOGGED, options)


def nothing(log: pd.DataFrame, run: Run, period: str) -> None:
    """Which runs have rows, where the chosen one has none."""
    others = log["run"].value_counts()
    listed = ", ".join(f"{plain(str(name))} ({count(n)})" for name, n in others.items() if name != run.name)
    where = f" Logged there: {listed}. Choose one in the sidebar." if listed else ""
    when = f" in {LAST[period]}" if period in LAST else ""
    st.info(f"No prediction of {plain(run.name)} is logged{when}.{where}", icon=":material/hourglass_empty:")


def drawn(url: str, log: pd.DataFrame, run: Run, period: str) -> None:
    """Everything about one run's rows, of which there are some."""
    reference = reading.reference(run)
    when = LAST.get(period, "all time")
    middle, slow = log["latency"].quantile([0.5, 0.95])
    faces = "1 face" if len(log) == 1 else f"{count(len(log))} faces"
    st.markdown(
        f"**{faces} in {when}**, read in {middle:,.0f} ms a picture (95% within {slow:,.0f} ms), with "
        f"a median confidence of {percent(log['confidence'].median(), 0)}."
    )
    found = alarms.show(log, run, reference)
    pictures.show(url, log, run, found)
    st.subheader("Over time", anchor=False)
    over, colours = steps(log), of_classes(run.classes)
    median = reference.quantiles["confidence"][len(reference.quantiles["confidence"]) // 2] if reference else None
    specs = {
        "volume": charts.volume(over),
        "latency": charts.latency(over),
        "confidence": charts.confidence(over, median),
        "classes": charts.classes(over, run.classes, colours, reference.predicted if reference else {}),
    }
    with st.grid(min_column_width=420):
        for key, spec in specs.items():
            with st.container(border=True):
                chart(spec, key=key)


def show(url: str, run: Run) -> None:
    """Read again each time it is drawn."""
    with load.show_errors():
        everything = reading.period(url, value(parameters.PERIOD))
        own = everything[everything["run"] == run.name]
        period, source = filters(sorted(own["source"].unique()))
        chosen = own if source == "all" else own[own["source"] == source]
        if len(chosen):
            drawn(url, chosen, run, period)
        else:
            nothing(everything, run, period)


url, runs, selection = address(), load.all_runs(), current()
if not url:
    off()
elif selection.run not in runs:
    st.info("Choose a run in the sidebar.", icon=":material/model_training:")
else:
    live = st.toggle("Refresh every 10 seconds", key="monitor-refresh", persist_state="session")
    st.fragment(show, run_every=10 if live else None)(url, runs[selection.run])
