"""A dial for the rare classes: accuracy against balanced accuracy of each run as its logits are shifted, without
training again."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.charts import comparison as charts
from dashboard.charts.style import QUIET
from dashboard.results.pairing import Aligned
from dashboard.words import percent, points
from ferkit import metrics
from ferkit.evaluate.logit_adjustment import prior, trade

__all__ = ["sentence", "show"]

TAUS = tuple(round(0.05 * i, 2) for i in range(21))  # 0 to 1


@st.fragment
def show(aligned: Aligned, colours: Mapping[str, str]) -> None:
    """The dial, the curves, and in words what it costs and buys the first run; runs that do not tell their training
    faces are left out."""
    found = {name: matrices for name in aligned.names if (matrices := _matrices(aligned, name)) is not None}
    if not found:
        return
    with st.container(border=True):
        st.markdown("**More for the rare classes** (nothing is trained again)")
        tau = st.select_slider(
            "How much rarity counts", TAUS, 0.0, key="compare-tau", width=420,
            help="Each class's logit is lowered by this times the logarithm of its share of the training faces (logit adjustment). "
            "0 leaves a run as it is; at 1 it answers as if every class were equally frequent.",
        )  # fmt: skip
        at = TAUS.index(tau)
        st.plotly_chart(charts.trade_off(found, TAUS, at, colours), config=QUIET, key="trade")
        first = next(iter(found))
        st.markdown(sentence(first, found[first][0], found[first][at], aligned.classes))
        st.caption(
            "The curve is drawn on the faces shown here. Choose a setting on val and keep it: on test it would be a peek."
        )


def sentence(name: str, before: np.ndarray, after: np.ndarray, classes: tuple[str, ...]) -> str:
    """What the dial does to one run, from its two confusion matrices (C, C)."""
    accuracy, balanced = (
        float(score(after) - score(before)) for score in (metrics.accuracy, metrics.balanced_accuracy)
    )
    now = f"{percent(float(metrics.accuracy(after)))} accuracy, {percent(float(metrics.balanced_accuracy(after)))} balanced"
    if (before == after).all():
        return f"**{name}** as it is: {now}."
    moved = metrics.recall(after) - metrics.recall(before)
    told = ", ".join(
        f"{classes[i]} {percent(float(metrics.recall(before)[i]), 0)} → {percent(float(metrics.recall(after)[i]), 0)}"
        for i in np.argsort(-abs(moved), kind="stable")[:3]
    )
    return f"**{name}**: {now}; {points(accuracy)} and {points(balanced)}. Recall moves most for {told}."


def _matrices(aligned: Aligned, name: str) -> np.ndarray | None:
    counts = load.all_runs()[name].manifest.data.counts.get("train")
    logits = aligned.logits[aligned.names.index(name)]
    if not counts:
        return None

    def make() -> np.ndarray:
        return trade(logits, aligned.true, prior(counts, aligned.classes), TAUS)

    kept: np.ndarray = load.cached(("trade", name, *aligned.key), make)
    return kept
