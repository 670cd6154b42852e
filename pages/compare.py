"""Which checkpoint is better, and is the difference significant? Two to four runs on the same faces, tested in
pairs."""

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from dashboard import load, parameters, view
from dashboard.charts import comparison as charts
from dashboard.components.chart import chart
from dashboard.components.matrix import NORMS, matrix, shares
from dashboard.results import changed, choices, leaderboard, logit_adjustment, pairing, verdict
from dashboard.state import Selection, bind, current, narrow, value
from dashboard.words import code, plain
from ferkit import metrics
from ferkit.colours import of_runs
from ferkit.evaluate.alignment import Aligned

Score = Callable[[np.ndarray], np.ndarray]
MEASURES: dict[str, tuple[Score, Score]] = {  # score per class, and its intervals
    "recall": (metrics.recall, metrics.recall_intervals),
    "precision": (metrics.precision, partial(metrics.intervals, score=metrics.precision)),
    "F1": (metrics.f1, partial(metrics.intervals, score=metrics.f1)),
}


def matrices(aligned: Aligned, selection: Selection) -> None:
    """A confusion matrix per run, on one colour scale; a cell filters the faces below."""
    options = bind(parameters.NORM, NORMS)
    st.segmented_control("Normalise", NORMS, format_func=NORMS.__getitem__, required=True, **options)
    norm, counts = value(parameters.NORM), {name: aligned.matrix(name) for name in aligned.names}
    top = max(float(shares(count, norm).max()) for count in counts.values())
    chosen = (selection.true, selection.pred)

    def click(true: str, pred: str) -> None:
        narrow(**({"true": "", "pred": ""} if (true, pred) == chosen else {"true": true, "pred": pred}))

    for pair in (aligned.names[:2], aligned.names[2:]):
        for name, column in zip(pair, st.columns(2) if pair else (), strict=False):
            with column.container(border=True):
                st.markdown(f"**{plain(name)}**")
                matrix(
                    counts[name], aligned.classes, norm, key=f"matrix-{name}", chosen=chosen, top=top, on_click=click
                )


@st.fragment
def per_class(aligned: Aligned, colours: dict[str, str]) -> None:
    """Bars per class and run, with intervals."""
    with st.container(border=True):
        st.segmented_control("Metric", list(MEASURES), required=True, **bind(parameters.MEASURE, MEASURES))
        metric = value(parameters.MEASURE)
        (score, spread), counts = MEASURES[metric], {name: aligned.matrix(name) for name in aligned.names}
        intervals = {
            name: load.cached(("intervals", metric, name, *aligned.key), partial(spread, count))
            for name, count in counts.items()
        }
        values = {name: score(count) for name, count in counts.items()}
        spec = charts.per_class(values, intervals, aligned.classes, colours, metric)
        chart(spec, key="per-class")


def caution(chosen: list[str], selection: Selection) -> None:
    """Say so where some runs were trained on the faces that are compared."""
    runs = load.all_runs()
    kinds = {name: leaderboard.evaluation(runs[name], selection.data, selection.split) for name in chosen}
    trained = [name for name, kind in kinds.items() if kind == leaderboard.IN_SAMPLE]
    if trained:
        st.warning(
            f"Trained on these faces: {', '.join(map(plain, trained))}. In-sample scores say nothing about which run "
            "is better; choose val or test in the sidebar.",
            icon=":material/warning:",
        )


def show() -> None:
    """Choose, load, show."""
    selection, runs = current(), load.all_runs()
    names = sorted(name for name, run in runs.items() if selection.split in run.results(selection.data).scores)
    if len(names) < 2 or selection.run not in names:
        scored = f"Only **{plain(names[0])}** has" if names else "No run has"
        st.info(
            f"{scored} been scored on this split of **{plain(selection.data)}**, and a comparison needs two. "
            "Score another: " + code(f"python -m ferkit evaluate RUN --data '{selection.data}'"),
            icon=":material/balance:",
        )
        return
    chosen = choices.runs(selection, names, key="compare-runs")
    if len(chosen) < 2:
        st.info("Choose a second run to compare with.", icon=":material/add:")
        return
    caution(chosen, selection)
    with load.show_errors():
        aligned = pairing.of(chosen, selection.data, selection.split, dedup=view.dedup())
        st.markdown(verdict.sentence(aligned, chosen[0], chosen[1]))
        if len(set(aligned.sizes)) > 1:
            st.caption(f"Compared on the {len(aligned.true):,} faces that all of these runs were scored on.")
        colours = of_runs(sorted(runs))
        verdict.show(aligned, chosen[0])
        matrices(aligned, selection)
        per_class(aligned, colours)
        logit_adjustment.show(aligned, colours)
        changed.show(aligned, chosen[0], selection)


show()
