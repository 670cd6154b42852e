"""What a camera does to faces: the run that reads corrupted ones best, offered where faces come from a camera."""

from dataclasses import dataclass

import streamlit as st

from dashboard import load
from dashboard.state import narrow
from dashboard.words import percent, plain
from ferkit.errors import FerkitError
from ferkit.runs import Run
from ferkit.runs.robustness import corrupted_accuracy

__all__ = ["offer"]

FILE = "-robustness.parquet"
LEAST = 0.01  # of accuracy, for which a run is offered instead of another


@dataclass(frozen=True)
class Score:
    """A run on the corrupted faces of its own val."""

    run: str
    faces: tuple[str, int]  # whose, and how many
    classes: tuple[str, ...]
    accuracy: float


def offer(run: Run) -> None:
    """One line with a button where another quick run of the same faces and classes is right more often on corrupted
    faces."""
    here = {
        name: one
        for name, one in load.all_runs().items()
        if one.results().has("val", FILE) and (load.quick(one) or name == run.name)
    }
    stored = tuple((name, load.key_of(one.results().path / f"val{FILE}")) for name, one in here.items())
    scores: dict[str, Score] = load.cached(("corrupted scores", stored), lambda: _scores(here))
    own = scores.get(run.name)
    better = [one for one in scores.values() if own is not None and _comparable(one, own)]
    best = max(better, key=lambda one: one.accuracy, default=None)
    if own is None or best is None or best.accuracy < own.accuracy + LEAST:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            f"Corrupted as by a camera, **{plain(best.run)}** reads {percent(best.accuracy)} of val faces right and "
            f"**{plain(run.name)}** {percent(own.accuracy)} (mean of twelve corruptions)."
        )
        st.button(f"Use {plain(best.run)}", key="use-robust", on_click=narrow, kwargs={"run": best.run})


def _comparable(one: Score, other: Score) -> bool:
    return (one.faces, one.classes) == (other.faces, other.classes)


def _scores(runs: dict[str, Run]) -> dict[str, Score]:
    found = {}
    for name, run in runs.items():
        try:
            table = run.results().robustness("val")
        except FerkitError:  # said where the table is shown
            continue
        accuracy = corrupted_accuracy(table)
        if run.weights.is_file() and accuracy is not None:
            found[name] = Score(name, (run.dataset, int(table["n"].max())), run.classes, accuracy)
    return found
