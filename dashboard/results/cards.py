"""The chosen run in big numbers, each difference to the baseline with its interval."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import load
from dashboard.results import pairing
from dashboard.state import Selection
from dashboard.words import chance, compact, percent, points
from ferkit.errors import FerkitError
from ferkit.evaluate.compare import Paired
from ferkit.runs import Run

__all__ = ["show", "tested"]


def show(run: Run, row: pd.Series, selection: Selection, *, dedup: bool) -> None:
    """Six cards for one row of the leaderboard, and what the differences in them mean."""
    test = tested(selection.base, run.name, selection, dedup=dedup) if selection.base else None
    size = run.manifest.input.size
    with st.container(horizontal=True):
        accuracy, half = 100 * row["accuracy"], 50 * (row["high"] - row["low"])
        _card(
            "Accuracy",
            f"{accuracy:.1f} ± {half:.1f}%",
            *_against(test, "accuracy"),
            help="Share of faces named right, with its 95% interval.",
        )
        _card(
            "Macro-F1",
            f"{row['macro_f1']:.3f}",
            *_against(test, "macro_f1"),
            help="Mean F1 over the classes: each emotion weighs the same.",
        )
        _plain(
            "Worst class",
            row["worst"],
            f"{percent(row['worst_recall'], 0)} of its faces found",
            "The class with the lowest recall.",
        )
    with st.container(horizontal=True):
        _plain(
            "Calibration error",
            _ece(row["ece"]),
            "between confidence and accuracy",
            "ECE: the mean gap between confidence and accuracy over 15 bins. All probabilities are of logits divided by the temperature "
            f"that suits val best, here {run.temperature:.2f}.",
        )
        _plain(
            "Parameters", compact(row["parameters"] or 0), run.manifest.model.name, f"{row['parameters']:,} weights."
        )
        _plain("Multiply-adds", compact(row["macs"] or 0), f"per {size}×{size} face", "MACs of one forward pass.")
    if seeds := row["seeds"]:
        st.caption(
            f"Trained {len(seeds)} times from different seeds: {100 * np.mean(seeds):.1f} ± {100 * np.std(seeds, ddof=1):.1f}% "
            "(mean and standard deviation). This is the best of them on val, so a little of its lead is luck."
        )
    if (folds := run.manifest.crossval) and selection.split == "train":
        accuracies = folds.accuracy
        st.caption(
            f"{folds.folds}-fold cross-validation: {100 * np.mean(accuracies):.1f} ± {100 * np.std(accuracies, ddof=1):.1f}% "
            "(mean and standard deviation over the folds). "
            "Each face was judged by the network that did not see it in training."
        )
    if test is not None:
        st.caption(
            f"Differences against **{selection.base}** on the same {test.n:,} faces, with 95% bootstrap intervals; "
            f"McNemar {chance(test.p)}{'' if test.sure else ', so the accuracies are a tie'}."
        )


def tested(a: str, b: str, selection: Selection, *, dedup: bool) -> Paired | None:
    """Run `b` against run `a`; a warning and None where what is stored does not allow it."""
    if selection.split not in load.all_runs()[a].results(selection.data).scores:
        return None
    try:
        return pairing.compared(pairing.of([a, b], selection.data, selection.split, dedup=dedup), a, b)
    except FerkitError as error:
        st.warning(str(error), icon=":material/link_off:")
        return None


def _card(label: str, value: str, delta: str | None, ends: str | None, colour: str, *, help: str) -> None:
    st.metric(label, value, delta, colour, delta_description=ends, border=True, help=help, height="stretch")  # type: ignore[arg-type]


def _plain(label: str, value: str, note: str, help: str) -> None:
    st.metric(label, value, note, "off", delta_arrow="off", border=True, help=help, height="stretch")


def _against(test: Paired | None, what: str) -> tuple[str | None, str | None, str]:
    """The difference, its interval, and green or red only where the interval leaves out zero."""
    if test is None:
        return None, None, "off"
    value, ends = getattr(test, what), getattr(test, f"{what}_interval")
    told, _, bracket = points(value, ends).partition(" [")
    sure = test.sure if what == "accuracy" else ends[0] * ends[1] > 0
    return told.replace("−", "-"), f"[{bracket}", "normal" if sure else "off"


def _ece(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else f"{100 * value:.1f}%"
