"""The chosen run in large numbers, with the difference to the baseline and its interval."""

from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import load
from dashboard.components.cards import Card, cards
from dashboard.results import pairing
from dashboard.results.leaderboard import IN_SAMPLE, evaluation
from dashboard.state import Selection
from dashboard.words import chance, compact, count, f1, percent, plain, points
from ferkit.errors import FerkitError
from ferkit.evaluate.compare import Paired
from ferkit.evaluate.protocol import fitted_offsets, offsets_sentence
from ferkit.runs import Run

__all__ = ["show", "tested"]

Tone = Literal["", "better", "worse"]


def show(run: Run, row: pd.Series, selection: Selection, *, dedup: bool) -> None:
    """Six cards for one row of the leaderboard, and what the differences in them mean."""
    test = tested(selection.base, run.name, selection, dedup=dedup) if selection.base else None
    cards([*_scores(row, test), *_sizes(run, row)], key="cards")
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


def _scores(row: pd.Series, test: Paired | None) -> list[Card]:
    half = 50 * (row["high"] - row["low"])
    recall = "no faces" if pd.isna(row["worst_recall"]) else f"recall {percent(row['worst_recall'])}"
    return [
        Card(
            "Accuracy",
            f"{100 * row['accuracy']:.1f} ± {half:.1f}%",
            *_difference(test, "accuracy"),
            help="Share of faces classified correctly, with its 95% interval.",
        ),
        Card(
            "Macro-F1",
            f1(row["macro_f1"]),
            *_difference(test, "macro_f1"),
            help="Mean F1 over the classes: every class has the same weight.",
        ),
        Card("Worst class", row["worst"], recall, help="The class with the lowest recall."),
    ]


def _sizes(run: Run, row: pd.Series) -> list[Card]:
    size = run.manifest.input.size
    return [
        Card(
            "Calibration (ECE)",
            _ece(row["ece"]),
            f"{_ece(row['ece_uncalibrated'])} uncalibrated",
            help="Expected calibration error: the mean gap between confidence and accuracy over 15 bins. Logits are "
            f"divided by the temperature fitted on val, here {run.temperature}; the second number is "
            "without that.",
        ),
        Card(
            "Parameters",
            compact(row["parameters"]),
            run.manifest.model.name,
            help=f"{count(row['parameters'])} weights.",
        ),
        Card(
            "Multiply-adds",
            compact(row["macs"]),
            f"per {size}×{size} face",
            help="Multiply-accumulate operations (MACs) of one forward pass.",
        ),
    ]


def _notes(run: Run, row: pd.Series, selection: Selection, test: Paired | None) -> list[str]:
    """Notes on these numbers, one or two sentences each."""
    notes = []
    name, base_name = plain(run.name), plain(selection.base)
    if row["evaluation"] == IN_SAMPLE:
        notes.append(f"In-sample: **{name}** was trained on these faces. Choose val or test for an unbiased score.")
    if fitted := fitted_offsets(run, selection.split, selection.data):
        notes.append(offsets_sentence(fitted))
    if files := run.manifest.soft_label_files:
        notes.append(
            f"**{name}** also learned from soft labels in {', '.join(map(plain, files))}. Where these come from "
            f"outside {plain(run.dataset)}, its scores are no result on {plain(run.dataset)} alone."
        )
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


def _difference(test: Paired | None, score: str) -> tuple[str, Tone]:
    """The difference to the baseline with its interval, and whether it is better or worse where it is significant."""
    if test is None:
        return "", ""
    value, ends = getattr(test, score), getattr(test, f"{score}_interval")
    significant = test.sure if score == "accuracy" else ends[0] * ends[1] > 0
    return points(value, ends), "" if not significant else "better" if value > 0 else "worse"


def _spread(values: Any) -> str:
    """Accuracies as mean ± standard deviation in percent."""
    deviation = np.std(values, ddof=1) if len(values) > 1 else 0.0
    return f"{100 * np.mean(values):.1f} ± {100 * deviation:.1f}%"


def _ece(value: float | None) -> str:
    return "–" if value is None or pd.isna(value) else percent(value)
