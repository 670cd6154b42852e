"""Which run is best? All runs on one split: by accuracy, fairness, size and calibration."""

import pandas as pd
import streamlit as st

from dashboard import load, view
from dashboard.results import cards, frontier, leaderboard, ranking
from dashboard.state import Selection, current
from dashboard.words import code, plain
from ferkit.runs import Run


def download(selection: Selection, runs: dict[str, Run]) -> None:
    """The report on the chosen run, and on the baseline where there is one, written on demand."""
    names = [
        name
        for name in (selection.run, selection.base)
        if name and selection.split in runs[name].results(selection.data).scores
    ]
    offers = st.container(horizontal=True)
    offers.download_button(
        "Write model card",
        lambda: card(runs[selection.run]),
        f"{selection.run}.md",
        "text/markdown",
        icon=":material/badge:",
        help="Intended use, scores with intervals, limits and data of this run, as Hugging Face reads them.",
        key="card",
    )
    if runs[selection.run].dataset == selection.data:
        offers.download_button(
            "Write report (about 5 s)",
            lambda: report([runs[name] for name in names], selection.split),
            f"{selection.run}.html",
            "text/html",
            icon=":material/description:",
            help=f"{' and '.join(map(plain, names))} in one HTML file.",
            key="report",
        )


def report(chosen: list[Run], split: str) -> str:
    from ferkit.report.write import html  # a second for matplotlib, paid at the click

    return html(chosen, split)


def card(run: Run) -> str:
    from ferkit.report import card as cards_of

    return cards_of.card(run)


def left_out(selection: Selection, table: pd.DataFrame, reasons: dict[str, str]) -> None:
    """Runs that are not in the table, and why."""
    runs, listed = load.all_runs(), set(table["run"])
    mine = [name for name, run in runs.items() if run.dataset == selection.data and name not in listed | set(reasons)]
    if mine:
        state = ", ".join(f"**{plain(name)}** ({runs[name].manifest.status})" for name in mine)
        st.caption(
            f"Not scored on this split: {state}. Score one: "
            + code(f"python -m ferkit evaluate RUN --data '{selection.data}'")
        )
    if reasons := reasons | leaderboard.unreadable():
        lines = "".join(f"\n- {plain(name)}: {plain(reason)}" for name, reason in reasons.items())
        st.caption(f"Left out, because they cannot be read:\n{lines}")


def show() -> None:
    """Choose, load, show."""
    selection, runs = current(), load.all_runs()
    scored = [name for name, run in runs.items() if selection.split in run.results(selection.data).scores]
    if selection.run in runs and selection.run not in scored:
        view.not_scored(runs[selection.run], selection)
        if not scored:
            left_out(selection, pd.DataFrame(columns=["run"]), {})
            return
    elif selection.run not in runs:
        data = f"--data '{selection.data}'"
        st.info(
            f"No run has been scored on **{plain(selection.data)}** yet. Train one: "
            f"{code(f'python -m ferkit train --recipe base-cnn {data}')}, then score it: "
            f"{code(f'python -m ferkit evaluate base-cnn {data}')}",
            icon=":material/model_training:",
        )
        left_out(selection, pd.DataFrame(columns=["run"]), {})
        return
    with load.show_errors():
        dedup = view.dedup()
        board = leaderboard.table(runs, selection.data, selection.split, dedup=dedup)
    chosen = board.frame[board.frame["run"] == selection.run]
    if len(board.frame):
        st.markdown(ranking.sentence(board, selection, dedup=dedup))
    if len(chosen):
        st.subheader(plain(selection.run), anchor=False)
        cards.show(runs[selection.run], chosen.iloc[0], selection, dedup=dedup)
        download(selection, runs)
    frontier.show(board.frame, selection, runs[selection.run].classes)
    st.subheader("All runs", anchor=False)
    ranking.show(board, selection)
    left_out(selection, board.frame, board.left_out)


show()
