"""The ranking of all runs: in a sentence, and as a table that chooses a run."""

import streamlit as st

from dashboard.components.table import Column, table
from dashboard.results import cards, leaderboard
from dashboard.results.leaderboard import Leaderboard
from dashboard.state import Selection, narrow
from dashboard.words import chance, compact, count, f1, interval, percent, plain, points

__all__ = ["sentence", "show"]

COLUMNS = {
    "run": Column("Run"),
    "evaluation": Column("Evaluation", help="In-sample: on faces the run was trained on; out-of-fold: cross-validated"),
    "accuracy": Column("Accuracy", percent, help="Share of faces classified correctly"),
    "interval": Column("95% interval", help="Of the accuracy, by bootstrap"),
    "macro_f1": Column("Macro-F1", f1, help="Mean F1 over the classes"),
    "balanced_accuracy": Column("Balanced\naccuracy", percent, help="Mean recall over the classes"),
    "worst": Column("Worst class", help="The class with the lowest recall"),
    "worst_recall": Column("Its recall", percent, help="Recall of the worst class"),
    "corrupted": Column("Corrupted\nfaces", percent, help="Accuracy on corrupted faces: mean of twelve corruptions"),
    "parameters": Column("Parameters", count),
    "macs": Column("MACs", compact, help="Multiply-accumulate operations per face"),
    "ece": Column("ECE", percent, help="Expected calibration error after temperature scaling"),
    "n": Column("Faces", count),
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

    def choose(i: int) -> None:
        narrow(run=names.iat[i], base=selection.run if names.iat[i] == selection.base else selection.base)

    shown = leaderboard.shown(board)
    table(
        shown,
        {name: column for name, column in COLUMNS.items() if name in shown},
        title=f"All runs on {selection.split} of {selection.data}",
        key="leaders",
        chosen=names.index[names == selection.run].tolist(),
        marks=leaderboard.marks(board),
        on_click=choose,
    )
    st.caption("Press a row to show that run on every page. Green cells are the best of their column.")
