"""What `ferkit explain` stored of a run, cached, without torch; or in words what is missing."""

from dataclasses import dataclass

import numpy as np

from dashboard import load
from dashboard.view import View
from dashboard.words import code, plain
from ferkit.errors import FerkitError
from ferkit.explain.stored import Record, read_evidence, read_record
from ferkit.runs import Results, Run

__all__ = ["Stored", "command", "missing", "of", "of_run"]


@dataclass(frozen=True, eq=False)
class Stored:
    """The record of a run on a split, and its evidence as `read_evidence` describes it."""

    record: Record
    evidence: dict[str, np.ndarray]


def of(view: View) -> Stored | None:
    """Of the View's run; None where there is none, or none that can be read: `command` says what to do."""
    return of_run(view.run, view.results, view.split)


def of_run(run: Run, results: Results, split: str) -> Stored | None:
    """Of any run."""
    paths = [results.path / f"{split}-{ending}" for ending in ("explain.json", "evidence.npz")]
    if not all(path.is_file() for path in paths):
        return None

    def make() -> Stored | None:
        try:
            return Stored(read_record(results.path, split, run.classes), _evidence(run, results, split))
        except FerkitError:
            return None

    found: Stored | None = load.cached(("explained", run.key, *map(load.key_of, paths)), make)
    return found


def command(view: View) -> str:
    """What measures this run, as Markdown."""
    return code(f"python -m ferkit explain {view.run.name} --data '{view.selection.data}' --split {view.split}")


def missing(view: View) -> str:
    """Why there is no record, as Markdown."""
    if not view.results.has(view.split, "-explain.json"):
        return f"How far these maps are to be believed has not been measured for this run. Measure it: {command(view)}"
    try:
        read_record(view.results.path, view.split, view.classes)
        _evidence(view.run, view.results, view.split)
    except FerkitError as error:
        return plain(str(error))
    return ""


def _evidence(run: Run, results: Results, split: str) -> dict[str, np.ndarray]:
    return read_evidence(results.path, split, len(run.classes))
