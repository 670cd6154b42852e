"""The chosen run in large numbers, with the difference to the baseline and its interval."""

from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import load
from dashboard.results import pairing
from dashboard.results.leaderboard import IN_SAMPLE, evaluation
from dashboard.state import Selection
from dashboard.words import chance, compact, f1, percent, plain, signed
from ferkit.errors import FerkitError
from ferkit.evaluate.compare import Paired
from ferkit.runs import Run

__all__ = ["show", "tested"]


def show(run: Run, row: pd.Series, selection: Selection, *, dedup: bool) -> None:
    """Six cards for one row of the leaderboard, and what the differences in them mean."""
    test = tested(selection.base, run.name, selection, dedup=dedup) if selection.base else None
    with st.grid(3, min_column_width=200):
        _scores(row, test)
        _sizes(run, row)
    for note in _notes(run, row, selection, test):
        st.caption(note)


def tested(a: str, b: str, selection: Selection, *, dedup: bool) -> Paired | None:
    """Run `b` against run `a`; a warning and None where what is stored does not allow it."""
    try:
        if selection.split not in load.all_runs()[a].results(selection.data).scores:
            return None
        return pairing.compared(pairing.of([a, b], selection.data, selection.split, dedup=dedup), a, b)
    except FerkitError as error:
        st.warning(plain(str(error)), icon=":material/link_off:")
        return None


def _scores(row: pd.Series, test: Paired | None) -> None:
    half = 50 * (row["high"] - row["low"])
    _card(
        "Accuracy",
        f"{100 * row['accuracy']:.1f} ± {half:.1f}%",
        "Share of faces classified correctly, with its 95% interval.",
        **_difference(test, "accuracy"),
    )
    _card(
        "Macro-F1",
        f1(row["macro_f1"]),
        "Mean F1 over the classes: every class has the same weight.",
        **_difference(test, "macro_f1"),
    )
    _card("Worst class", plain(row["worst"]), "The class with the lowest recall.", **_note(_recall(row)))


def _sizes(run: Run, row: pd.Series) -> None:
    size = run.manifest.input.size
    _card(
        "Calibration error (ECE)",
        _ece(row["ece"]),
        "Expected calibration error: the mean gap between confidence and accuracy over 15 bins. Logits are divided by "
        f"the temperature fitted on val, here {run.temperature:.2f}; the second number is without that.",
        **_note(f"{_ece(row['ece_uncalibrated'])} uncalibrated"),
    )
    _card(
        "Parameters",
        compact(row["parameters"]),
        f"{row['parameters']:,} weights.",
        **_note(plain(run.manifest.model.name)),
    )
    _card(
        "Multiply-adds",
        compact(row["macs"]),
        "Multiply-accumulate operations (MACs) of one forward pass.",
        **_note(f"per {size}×{size} face"),
    )


def _notes(run: Run, row: pd.Series, selection: Selection, test: Paired | None) -> list[str]:
    """Notes on these numbers, one or two sentences each."""
    notes = []
    name, base_name = plain(run.name), plain(selection.base)
    if row["evaluation"] == IN_SAMPLE:
        notes.append(f"In-sample: **{name}** was trained on these faces. Choose val or test for an unbiased score.")
    if seeds := row["seeds"]:
        notes.append(
            f"Trained {len(seeds)} times with different seeds: {_spread(seeds)} (mean and standard deviation). This is "
            "the best of them on val, so its score is slightly optimistic."
        )
    if (folds := run.manifest.crossval) and selection.split == "train":
        notes.append(
            f"{folds.folds}-fold cross-validation: {_spread(folds.accuracy)} (mean and standard deviation over the "
            "folds). Each face was scored by the network that was not trained on it."
        )
    if test is not None:
        tie = "" if test.sure else ": no significant difference in accuracy"
        notes.append(
            f"Differences to **{base_name}** on the same {test.n:,} faces, with 95% bootstrap intervals; McNemar "
            f"test: {chance(test.p)}{tie}."
        )
        base = evaluation(load.all_runs()[selection.base], selection.data, selection.split)
        if base != row["evaluation"]:
            notes.append(
                f"**{base_name}** is scored {base}, **{name}** {row['evaluation']}: this difference says "
                "nothing about which is better."
            )
    return notes


def _card(label: str, value: str, help: str, **delta: Any) -> None:
    st.metric(label, value, border=True, help=help, height="stretch", **delta)


def _note(text: str) -> dict[str, Any]:
    """The line under a value that is not a difference."""
    return {"delta": text, "delta_color": "off", "delta_arrow": "off"}


def _difference(test: Paired | None, score: str) -> dict[str, Any]:
    """The difference to the baseline and its interval; green or red only where it is significant."""
    if test is None:
        return {}
    value, ends = getattr(test, score), getattr(test, f"{score}_interval")
    significant = test.sure if score == "accuracy" else ends[0] * ends[1] > 0
    text = signed(value)
    return {
        "delta": f"{text} points",
        "delta_description": f"[{signed(ends[0])}, {signed(ends[1])}]",
        "delta_color": "off" if not significant else "green" if value > 0 else "red",
        "delta_arrow": "off" if text == "0.0" else "up" if value > 0 else "down",
    }


def _recall(row: pd.Series) -> str:
    return "no faces" if pd.isna(row["worst_recall"]) else f"recall {percent(row['worst_recall'])}"


def _spread(values: Any) -> str:
    """Accuracies as mean ± standard deviation in percent."""
    deviation = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return f"{100 * np.mean(values):.1f} ± {100 * deviation:.1f}%"


def _ece(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else percent(value)
