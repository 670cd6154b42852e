"""The ranking of all runs: in a sentence, and as a table that chooses a run."""

import streamlit as st

from dashboard.components.events import selected
from dashboard.results import cards, leaderboard
from dashboard.results.leaderboard import Leaderboard
from dashboard.state import Selection, narrow
from dashboard.words import chance, interval, percent, plain, points

__all__ = ["sentence", "show"]

NUMBER, TEXT = st.column_config.NumberColumn, st.column_config.TextColumn
COLUMNS = {
    "run": TEXT("Run", pinned=True, width="medium"),
    "evaluation": TEXT("Evaluation", help="In-sample: on faces the run was trained on; out-of-fold: cross-validated"),
    "accuracy": NUMBER("Accuracy", format="%.1f%%", help="Share of faces classified correctly"),
    "interval": TEXT("95% interval", help="Of the accuracy in percent, by bootstrap"),
    "macro_f1": NUMBER("Macro-F1", format="%.3f", help="Mean F1 over the classes"),
    "balanced_accuracy": NUMBER("Balanced accuracy", format="%.1f%%", help="Mean recall over the classes"),
    "worst": TEXT("Worst class", help="The class with the lowest recall"),
    "worst_recall": NUMBER("Its recall", format="%.1f%%", help="Recall of the worst class"),
    "parameters": NUMBER("Parameters", format="localized"),
    "macs": NUMBER("MACs", format="compact", help="Multiply-accumulate operations per face"),
    "ece": NUMBER("ECE", format="%.1f%%", help="Expected calibration error after temperature scaling"),
    "ece_uncalibrated": NUMBER("ECE, uncalibrated", format="%.1f%%", help="Without temperature scaling"),
    "n": NUMBER("Faces", format="localized"),
}


def sentence(board: Leaderboard, selection: Selection, *, dedup: bool) -> str:
    """The answer: the best run, and whether its lead over the next is significant. In-sample scores rank no run."""
    ranked = board.ranked
    trained = len(board.frame) - len(ranked)
    if ranked.empty:
        return (
            "**No ranking on these faces: every run was trained on them.** In-sample scores measure how well a run "
            "remembers; choose val or test in the sidebar to compare runs."
        )
    rest = f" {trained} in-sample run{'s are' if trained > 1 else ' is'} not ranked." if trained else ""
    first = ranked.iloc[0]
    score = f"{percent(first['accuracy'])} of {first['n']:,} {selection.split} faces"
    score += f" ({interval(first['low'], first['high'])})"
    leader = plain(first["run"])
    if len(ranked) == 1:
        worst = f"its worst class is {plain(first['worst'])} (recall {percent(first['worst_recall'])})"
        return f"**{leader} classifies {score} correctly; {worst}.**{rest}"
    second = str(ranked["run"].iat[1])
    test = cards.tested(second, first["run"], selection, dedup=dedup)
    if test is None:
        return f"**{leader} has the highest accuracy: {score}.**{rest}"
    lead = f"{points(test.accuracy, test.accuracy_interval)}, {chance(test.p)}"
    if test.sure:
        return f"**{leader} is best: {score}.** Its lead over {plain(second)} is significant: {lead}.{rest}"
    return (
        f"**{leader} has the highest accuracy, {score}, but its lead over {plain(second)} is not significant:** "
        f"{lead}.{rest}"
    )


def show(board: Leaderboard, selection: Selection) -> None:
    """The table of all runs; a row makes its run the chosen one."""
    names = board.frame["run"]

    def choose() -> None:
        if (rows := selected("leaders").get("rows")) and rows[0] < len(names):
            name = names.iat[rows[0]]
            narrow(run=name, base=selection.run if name == selection.base else selection.base)

    rows = names.index[names == selection.run].tolist()
    st.session_state["leaders"] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.dataframe(
        leaderboard.marked(board),
        hide_index=True,
        column_config=COLUMNS,
        key="leaders",
        on_select=choose,
        selection_mode="single-row",
        alt="All runs on this split, the most accurate first",
    )
    st.caption("Select a row to show that run on every page. Green cells are the best of their column.")
