"""Which settings are better? A search over them, live: its trials, what matters, and what good ones share."""

import streamlit as st

from dashboard import load
from dashboard.charts import search as charts
from dashboard.charts.style import QUIET

NAMES = {"val_macro_f1": "macro-F1 on val", "val_accuracy": "accuracy on val"}
HOW = "Start one: `python -m ferkit tune --recipe base-cnn --data NAME --trials 30`"


def results(name: str) -> None:
    """Everything about one study, read anew each time it is drawn."""
    with load.show_errors():
        from ferkit.experiments import study

        about = study.opened(name)
        found, matter = study.trials(about), study.importances(about)
    metric, done = NAMES[about.metric], [one for one in found if one.state == "complete"]
    counts = {state: sum(one.state == state for one in found) for state in ("complete", "pruned", "running", "fail")}
    workers = len({one.worker for one in found if one.state == "running"})
    told = [f"{counts['complete']} finished", f"{counts['pruned']} pruned"]
    told += [f"{counts['running']} running on {workers} worker{'s' * (workers > 1)}"] if workers else []
    st.caption(
        f"`{about.recipe}` on {about.data}: {', '.join(told)}{', ' + str(counts['fail']) + ' failed' if counts['fail'] else ''}. "
        f"Go on, or help from another process: `python -m ferkit tune --study {name} --trials {len(found) + 20}`"
    )
    if not done:
        st.info("No trial is finished yet.", icon=":material/hourglass_top:")
        return
    best = max(done, key=lambda one: one.value or 0.0)
    st.markdown(
        f"**Trial {best.number} is best: {100 * (best.value or 0):.1f}% {metric}.** It was chosen on val, so it is a little too good."
    )
    left, right = st.columns(2)
    left.container(border=True).plotly_chart(charts.history(found, metric), config=QUIET, key="history")
    right.container(border=True).plotly_chart(charts.curves(found, metric), config=QUIET, key="curves")
    st.caption(
        "A cross and a gray line are trials that were pruned: given up where others were better after as many epochs."
    )
    with st.container(border=True):
        if matter:
            st.plotly_chart(charts.importances(matter), config=QUIET, key="importances")
        else:
            st.caption("Which settings matter can be told from four finished trials on.")
    if len(done) > 1:
        with st.container(border=True):
            st.plotly_chart(charts.parallel(found, metric, list(matter)), config=QUIET, key="parallel")
            st.caption(
                "A line is a trial, the brighter the better. Drag along an axis to choose some, drag its name to move it."
            )
    st.subheader("Settings of the best", anchor=False)
    st.dataframe(
        [
            {"setting": key, "value": f"{value:.4g}" if isinstance(value, float) else str(value)}
            for key, value in best.params.items()
        ],
        hide_index=True,
        alt="Settings of the best trial",
    )


def show() -> None:
    """Choose, load, show."""
    with load.show_errors():
        from ferkit.experiments.study import studies

        names = studies()
    if not names:
        st.info(f"No search has been made here. {HOW}", icon=":material/tune:")
        return
    name = st.selectbox("Study", names, key="study", persist_state="session")
    live = st.toggle("Refresh every 5 seconds", key="search-refresh", persist_state="session")
    st.fragment(results, run_every=5 if live else None)(name)


show()
