"""Which settings are better? A hyperparameter search, live: its trials, what matters, and what good ones share."""

from functools import partial

import streamlit as st

from dashboard import controls, load, parameters
from dashboard.charts import search as charts
from dashboard.components.chart import chart
from dashboard.components.table import Column, table
from dashboard.components.toolbar import Switch
from dashboard.results import searched
from dashboard.state import value
from dashboard.words import code, f1, percent, plain

NAMES = {"val_macro_f1": "macro-F1 on val", "val_accuracy": "accuracy on val"}
QUIET = {"displayModeBar": False}  # nobody zooms
LIVE = "search-live"  # in the session
HOW = "Start one: `python -m ferkit tune --recipe base-cnn --data NAME --trials 30`"


def results(name: str) -> None:
    """Everything about one study, read again each time it is drawn."""
    with load.show_errors():
        from ferkit.experiments.study import opened

        about = opened(name)
        trials, importances = searched.read(about)
    metric, done = NAMES[about.metric], [trial for trial in trials if trial.state == "complete"]
    counts = {
        state: sum(trial.state == state for trial in trials) for state in ("complete", "pruned", "running", "fail")
    }
    workers = len({trial.worker for trial in trials if trial.state == "running"})
    states = [f"{counts['complete']} finished", f"{counts['pruned']} pruned"]
    states += [f"{counts['running']} running on {workers} worker{'s' * (workers > 1)}"] if workers else []
    states += [f"{counts['fail']} failed"] if counts["fail"] else []
    st.caption(
        f"{code(about.recipe)} on {plain(about.data)}: {', '.join(states)}. Run more trials, also from other "
        "processes: " + code(f"python -m ferkit tune --study {name} --trials {len(trials) + 20}")
    )
    if not done:
        st.info("No trial is finished yet.", icon=":material/hourglass_top:")
        return
    best = max(done, key=lambda trial: trial.value or 0.0)
    score = percent(best.value or 0) if about.metric == "val_accuracy" else f1(best.value or 0)
    st.markdown(
        f"**Trial {best.number} is best: {score} {metric}.** Chosen on val, so this score is slightly optimistic."
    )
    left, right = st.columns(2)
    with left.container(border=True):
        chart(charts.history(trials, metric), key="history")
    with right.container(border=True):
        chart(charts.curves(trials, metric), key="curves")
    st.caption("Crosses and gray lines are pruned trials: stopped early because others were better at that epoch.")
    with st.container(border=True):
        if importances:
            chart(charts.importances(importances), key="importances")
        else:
            st.caption("The importance of the settings is estimated from four finished trials on.")
    if len(done) > 1:
        controls.show(controls.switch(parameters.PARALLEL, "Parallel coordinates"), key="parallel-switch")
    if len(done) > 1 and value(parameters.PARALLEL):
        from dashboard.charts.parallel import parallel  # plotly: a second and 4 MB, paid where it is asked for

        with st.container(border=True):
            st.plotly_chart(parallel(trials, metric, list(importances)), config=QUIET, key="parallel")
            st.caption(
                "A line is a trial: gray is worst, orange best. Drag along an axis to filter, drag its name to move it."
            )
    st.subheader("Settings of the best trial", anchor=False)
    rows = [
        {"setting": key, "value": f"{value:.4g}" if isinstance(value, float) else str(value)}
        for key, value in best.params.items()
    ]
    table(
        rows, {"setting": Column("Setting"), "value": Column("Value")}, title="Settings of the best trial", key="best"
    )


def show() -> None:
    """Choose, load, show."""
    with load.show_errors():
        from ferkit.experiments.study import studies

        names = studies()
    if not names:
        st.info(f"No search has been run here yet. {HOW}", icon=":material/tune:")
        return
    live = bool(st.session_state.get(LIVE))
    refresh = Switch("refresh", "Refresh every 5 seconds", live, on_change=partial(st.session_state.__setitem__, LIVE))
    controls.show(controls.select(parameters.STUDY, "Study", names), refresh, key="studies")
    name = value(parameters.STUDY, names)
    st.fragment(results, run_every=5 if live else None)(name)


show()
