"""Which run is best? All runs on one split: by accuracy, fairness, size and calibration."""

import pandas as pd
import streamlit as st

from dashboard import load
from dashboard.components.events import selected
from dashboard.results import cards, choices, frontier, leaderboard
from dashboard.state import Selection, current, narrow
from dashboard.words import chance, interval, percent, points
from ferkit.runs import Run

NUMBER, TEXT = st.column_config.NumberColumn, st.column_config.TextColumn
COLUMNS = {
    "run": TEXT("Run", pinned=True),
    "accuracy": NUMBER("Accuracy", format="%.1f%%", help="Share of faces named right"),
    "interval": TEXT("95% interval", help="Of the accuracy, by bootstrap"),
    "macro_f1": NUMBER("Macro-F1", format="%.1f%%", help="Mean F1 over the classes"),
    "balanced_accuracy": NUMBER("Balanced", format="%.1f%%", help="Mean recall over the classes"),
    "worst": TEXT("Worst class"),
    "worst_recall": NUMBER("Its recall", format="%.1f%%", help="Share of the worst class's faces that are found"),
    "parameters": NUMBER("Parameters", format="localized"),
    "macs": NUMBER("MACs", format="compact", help="Multiply-adds per face"),
    "ece": NUMBER("ECE", format="%.1f%%", help="Expected calibration error: how far confidence is from accuracy"),
    "n": NUMBER("Faces", format="localized"),
}


def sentence(table: pd.DataFrame, selection: Selection, dedup: bool) -> str:
    """The answer: the best run, and whether it is surely better than the next."""
    first = table.iloc[0]
    told = f"{percent(first['accuracy'])} of {first['n']:,} {selection.split} faces ({interval(first['low'], first['high'])})"
    if len(table) == 1:
        return f"**{first['run']} recognises {told}; least of all {first['worst']}: {percent(first['worst_recall'], 0)} of its faces.**"
    second = str(table["run"].iat[1])
    test = cards.tested(second, first["run"], selection, dedup=dedup)
    if test is None:
        return f"**{first['run']} is first: {told}.**"
    lead = f"{points(test.accuracy, test.accuracy_interval)}, {chance(test.p)}"
    if test.sure:
        return f"**{first['run']} is best: {told}.** Its lead over {second} is sure: {lead}."
    return f"**{first['run']} comes first with {told}, but its lead over {second} may be luck:** {lead}."


def leaders(table: pd.DataFrame, selection: Selection) -> None:
    """The table of all runs; a row makes its run the chosen one."""

    def choose() -> None:
        if (rows := selected("leaders").get("rows")) and rows[0] < len(table):
            name = table["run"].iat[rows[0]]
            narrow(run=name, base=selection.run if name == selection.base else selection.base)

    rows = table.index[table["run"] == selection.run].tolist()
    st.session_state["leaders"] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    st.dataframe(
        leaderboard.marked(table), hide_index=True, column_config=COLUMNS, key="leaders", on_select=choose,
        selection_mode="single-row", alt="All runs on this split, the most accurate first",
    )  # fmt: skip
    st.caption("Choose a row to make its run the one every page shows. A green cell is the best of its column.")


def hand_in(selection: Selection, found: dict[str, Run]) -> None:
    """The report on the chosen run, and on the baseline where there is one, made when it is asked for."""
    names = [
        name
        for name in (selection.run, selection.base)
        if name and selection.split in found[name].results(selection.data).scores
    ]
    if found[selection.run].dataset == selection.data:
        st.download_button(
            "Report", lambda: report([found[name] for name in names], selection.split), f"{selection.run}.html", "text/html",
            icon=":material/description:", help=f"{' and '.join(names)} in one HTML file, to read, print and hand in", key="report",
        )  # fmt: skip


def report(runs: list[Run], split: str) -> str:
    from ferkit.report.write import html  # a second for matplotlib, paid at the click

    return html(runs, split)


def aside(selection: Selection, table: pd.DataFrame) -> None:
    """Runs that are not in the table, and why."""
    found = load.all_runs()
    mine = [name for name, run in found.items() if run.dataset == selection.data and name not in set(table["run"])]
    if mine:
        state = ", ".join(f"**{name}** ({found[name].manifest.status})" for name in mine)
        st.caption(
            f"Not scored on this split: {state}. Score one: `python -m ferkit evaluate RUN --data '{selection.data}'`"
        )
    if told := leaderboard.broken():
        st.warning("Left out, because they cannot be read: " + " ".join(told.values()), icon=":material/folder_off:")


def show() -> None:
    """Choose, load, show."""
    selection, found = current(), load.all_runs()
    if selection.run not in found:
        st.info(
            f"No run has been scored on **{selection.data}** yet. Train one: `python -m ferkit train --recipe base-cnn --data "
            f"'{selection.data}'`, then score it: `python -m ferkit evaluate base-cnn --data '{selection.data}'`",
            icon=":material/model_training:",
        )
        aside(selection, pd.DataFrame(columns=["run"]))
        return
    told = found[selection.run].results(selection.data).scores[selection.split]
    with load.show_errors():
        dedup = choices.dedup(leaderboard.leaked(told), told.n)
        table = leaderboard.table(found, selection.data, selection.split, dedup=dedup)
        st.markdown(sentence(table, selection, dedup))
        st.subheader(selection.run, anchor=False)
        cards.show(found[selection.run], table[table["run"] == selection.run].iloc[0], selection, dedup=dedup)
        hand_in(selection, found)
    st.subheader("All runs", anchor=False)
    leaders(table, selection)
    frontier.show(table, selection, found[selection.run].classes)
    aside(selection, table)


show()
