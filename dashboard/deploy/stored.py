"""What was measured of the exported runs on the dataset that is looked at."""

import shlex
from dataclasses import dataclass

import streamlit as st

from dashboard import load
from dashboard.state import Selection
from dashboard.words import code, plain
from ferkit.deploy import record
from ferkit.deploy.choice import Candidate, candidates, last_machine, timed_elsewhere
from ferkit.deploy.record import Deployment
from ferkit.errors import FerkitError
from ferkit.runs import Run

__all__ = ["Measured", "elsewhere", "measured", "nothing"]


@dataclass(frozen=True)
class Measured:
    """The runs that were exported and scored on the dataset, and what of them can be chosen."""

    records: dict[str, Deployment]
    candidates: list[Candidate]
    outdated: tuple[str, ...] = ()  # runs whose weights are others by now
    broken: tuple[str, ...] = ()  # sentences on records that cannot be read


def measured(selection: Selection) -> Measured:
    """Of every run, cached by the state of its files."""
    runs = load.all_runs()
    key = ("deploy", selection.data, *(load.key_of(run.path / record.NAME) for run in runs.values()))
    key += tuple(load.key_of(run.weights) for run in runs.values())
    found: Measured = load.cached(key, lambda: _measured(list(runs.values()), selection.data))
    return found


def _measured(runs: list[Run], data: str) -> Measured:
    kept: dict[str, Deployment] = {}
    weights, outdated, broken = dict[str, int](), list[str](), list[str]()
    for run in runs:
        try:
            one = record.read(run)
        except FerkitError as error:
            broken.append(str(error))
            continue
        if one is None or one.data != data or one.pytorch is None:
            continue
        if run.weights.is_file() and one.weights != record.digest(run):
            outdated.append(run.name)
            continue
        kept[run.name] = one
        weights[run.name] = run.weights.stat().st_size if run.weights.is_file() else 0
    return Measured(kept, candidates(kept, weights), tuple(outdated), tuple(broken))


def nothing(selection: Selection) -> None:
    """How to get something to see, where no run was exported."""
    command = f"python -m ferkit export {selection.run or 'RUN'} --data '{selection.data}'"
    st.info(
        f"No run has been exported and scored on **{plain(selection.data)}** yet. Export one below, or run "
        f"{code(command)}, then {code(f'python -m ferkit bench {selection.run}')} for its speed.",
        icon=":material/rocket_launch:",
    )


def elsewhere(found: Measured) -> None:
    """One line where times of some runs are left out, because they were measured on another machine."""
    names, last = timed_elsewhere(found.records), last_machine(found.records.values())
    if names and last is not None:
        st.caption(
            f"Times are of {plain(last.name)}, {last.cores} cores, which was measured on last. Times of "
            f"{', '.join(map(plain, names))} are of another machine and left out. Measure them here: "
            f"{code(shlex.join(['python', '-m', 'ferkit', 'bench', *names]))}"
        )
