"""A slider for the rare classes: accuracy against balanced accuracy as each run's logits are adjusted, without
retraining."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dashboard import controls, load, parameters
from dashboard.charts import comparison as charts
from dashboard.components.chart import chart
from dashboard.state import value
from dashboard.words import percent, plain, points
from ferkit import metrics
from ferkit.evaluate.alignment import Aligned
from ferkit.evaluate.logit_adjustment import effective_prior, trade

__all__ = ["TAUS", "sentence", "show"]

TAUS = tuple(round(0.05 * i, 2) for i in range(21))  # 0 to 1
NAMED = 3  # classes in the sentence


@st.fragment
def show(aligned: Aligned, colours: Mapping[str, str]) -> None:
    """The slider, the curves, and in words what the adjustment does to the first run; runs without the class counts
    of their training faces are left out."""
    matrices = {name: counts for name in aligned.names if (counts := _matrices(aligned, name)) is not None}
    if not matrices:
        return
    with st.container(border=True):
        st.markdown("**Logit adjustment for rare classes** (no retraining)")
        help = (
            "Subtracts τ · log(share of the training faces) from the logit of each class; where a run has class "
            "offsets, τ times what these leave of it. At 0 nothing changes; at 1 the run predicts as if all classes "
            "were equally frequent."
        )
        texts = {tau: f"{tau:.2f}" for tau in TAUS}
        controls.show(controls.stops(parameters.TAU, "Strength τ", texts, help=help), key="tau")
        at = TAUS.index(value(parameters.TAU, TAUS))
        chart(charts.trade_off(matrices, TAUS, at, colours), key="trade")
        first = next(iter(matrices))
        st.markdown(sentence(first, matrices[first][0], matrices[first][at], aligned.classes))
        st.caption("Computed on the faces shown here. Choose τ on val; chosen on test, the test score is optimistic.")


def sentence(name: str, before: np.ndarray, after: np.ndarray, classes: tuple[str, ...]) -> str:
    """What the adjustment does to one run, from its confusion matrices (C, C) before and after."""
    accuracy, balanced = (
        float(score(after) - score(before)) for score in (metrics.accuracy, metrics.balanced_accuracy)
    )
    scores = (
        f"{percent(float(metrics.accuracy(after)))} accuracy, "
        f"{percent(float(metrics.balanced_accuracy(after)))} balanced accuracy"
    )
    if (before == after).all():
        return f"**{plain(name)}** unadjusted: {scores}."
    old, new = metrics.recall(before), metrics.recall(after)
    changes = ", ".join(
        f"{plain(classes[i])} {percent(float(old[i]), 0)} → {percent(float(new[i]), 0)}"
        for i in np.argsort(-abs(new - old), kind="stable")[:NAMED]
    )
    differences = f"{points(accuracy)} and {points(balanced)}"
    return f"**{plain(name)}**: {scores} ({differences}). Largest changes in recall: {changes}."


def _matrices(aligned: Aligned, name: str) -> np.ndarray | None:
    """Confusion matrices (T, C, C) of a run, one per strength in `TAUS`, cached."""
    run = load.all_runs()[name]
    logits = aligned.logits[aligned.names.index(name)]
    if not run.manifest.data.counts.get("train"):
        return None

    def make() -> np.ndarray:
        return trade(logits, aligned.true, effective_prior(run, aligned.classes, temperature=1), TAUS)

    matrices: np.ndarray = load.cached(("trade", name, *aligned.key), make)
    return matrices
