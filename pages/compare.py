"""Which checkpoint is better, and is the difference significant? Two to four runs on the same faces, tested in
pairs."""

import numpy as np
import streamlit as st

from dashboard import chips, controls, load, parameters, view
from dashboard.results import changed, choices, comparison, groups, leaderboard, pairing, per_class, verdict
from dashboard.state import Selection, current, value
from dashboard.view import View
from dashboard.words import code, plain
from ferkit.evaluate.alignment import Aligned


@st.fragment
def explore(chosen: list[str]) -> None:
    """The sentence, then matrices and faces side by side, then where the runs differ: a click runs this alone."""
    selection, run = current(), chosen[0]
    shown = view.of(selection)
    with load.show_errors():
        every = pairing.of(chosen, selection.data, selection.split, dedup=view.dedup())
    aligned = every.select(_passing(every, run, shown))
    other = _against(chosen[1:])
    st.markdown(f"### {verdict.sentence(every, run, other)}")
    notes = [f"{len(every.true):,} faces that all of these runs were scored on"]
    if len(chosen) > 2:
        notes.append(f"p is Holm-corrected for {len(chosen) - 1} comparisons")
    if len(aligned.true) < len(every.true) and len(aligned.true):
        notes.append(f"of the {len(aligned.true):,} that pass the filters: {verdict.sentence(aligned, run, other)}")
    st.caption(". ".join(notes) + ("" if notes[-1].endswith("**") else "."))
    chips.show(selection)
    if not len(aligned.true):
        st.info("No face passes these filters. Remove one above.", icon=":material/search_off:")
        return
    left, right = st.columns([8, 5], gap="medium")
    with left:
        comparison.show(aligned, run, other)
        with st.container(border=True):
            groups.show(aligned, run, other, shown)
    with right.container(key="answer"):
        changed.show(aligned, run, other, shown)
    with st.container(border=True):
        verdict.numbers(aligned, run)
    with st.container(border=True):
        per_class.show(aligned)


def _passing(aligned: Aligned, run: str, shown: View) -> np.ndarray:
    """bool (n,): the faces that pass every filter but cell and outcome, which the page itself is about."""
    keep = np.zeros(len(shown.frame), bool)
    keep[shown.rows(ignore=("true", "pred", "outcome"))] = True
    return keep[aligned.rows[aligned.names.index(run)]]


def _against(others: list[str]) -> str:
    if len(others) > 1:
        controls.show(controls.segments(parameters.AGAINST, "Against", others), key="against")
    return value(parameters.AGAINST, others)


def caution(chosen: list[str], selection: Selection) -> None:
    """Say so where some runs were trained on the faces that are compared."""
    runs = load.all_runs()
    kinds = {name: leaderboard.evaluation(runs[name], selection.data, selection.split) for name in chosen}
    if trained := [name for name, kind in kinds.items() if kind == leaderboard.IN_SAMPLE]:
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
    explore(chosen)


show()
