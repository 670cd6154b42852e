"""The runs there are, at the command line.  $ python -m ferkit runs"""

import json
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs as folders
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell, headline
from ferkit.errors import RunError
from ferkit.evaluate.protocol import OUT_OF_FOLD, protocol
from ferkit.runs import Run
from ferkit.runs.robustness import corrupted_accuracy
from ferkit.text import printable

__all__ = ["register"]

WIDTH = 160  # columns, where the table goes into a file or a pipe
COLUMNS = (
    "Run", "Model", "Dataset", "Parameters", "MACs", "Scored on", "Accuracy", "Macro-F1", "De-duplicated", "Status",
)  # fmt: skip
RIGHT = ("Parameters", "MACs", "Accuracy", "Macro-F1", "De-duplicated")
MARKDOWN = (
    "run", "dataset", "parameters", "multiply-adds", "val accuracy", "macro-F1", "accuracy without faces in train",
    "corrupted faces", "ECE", "mean of seeds",
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Mount `runs` on the main app."""
    app.command()(report_errors(runs))


def runs(
    names: Annotated[list[str] | None, typer.Argument(help="Only these runs.", metavar="[RUN...]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a Markdown table of the runs with val scores.")
    ] = False,
) -> None:
    """List the runs there are, with their scores on val."""
    for name in set(names or ()) - set(folders.names()):
        folders.open_run(name)  # names the closest matches
    opened = {name: _opened(name) for name in names or folders.names()}
    readable = [run for run in opened.values() if isinstance(run, Run)]
    if as_json:
        print(json.dumps([_as_json(name, run) for name, run in opened.items()], ensure_ascii=False))
    elif markdown:
        print(_markdown([run for run in readable if "val" in run.manifest.scores]))
    elif not opened:
        print("No run yet. Train one: python -m ferkit train --recipe base-cnn --data NAME")
    else:
        _print_table(readable, [error for error in opened.values() if isinstance(error, RunError)])


def _opened(name: str) -> Run | RunError:
    try:
        return folders.open_run(name)
    except RunError as error:
        return error


def _as_json(name: str, run: Run | RunError) -> dict[str, Any]:
    if isinstance(run, RunError):
        return {"run": name, "error": str(run)}
    manifest = run.manifest.as_json()
    return {
        "run": name,
        "model": run.manifest.model.name,
        "data": run.dataset,
        **{key: manifest[key] for key in ("parameters", "macs", "status", "epochs_done", "seconds", "scores", "seeds")},
        "protocol": {split: protocol(run, split) for split in run.manifest.scores},
        "datasets": run.datasets(),
    }


def _print_table(readable: list[Run], errors: list[RunError]) -> None:
    table = Table()
    for column in COLUMNS:
        table.add_column(column, justify="right" if column in RIGHT else "left", overflow="fold")
    for run in readable:
        table.add_row(*_cells(run))
    console = Console()
    console.width = console.width if console.is_terminal else WIDTH
    console.print(table)
    for error in errors:
        console.print(f"Left out, because {printable(str(error))}", markup=False, highlight=False, soft_wrap=True)


def _cells(run: Run) -> list[str]:
    manifest = run.manifest
    names = [cell(text) for text in (run.name, manifest.model.name, run.dataset)]
    return [*names, f"{manifest.parameters:,}", f"{manifest.macs:,}", *_scored(run), cell(manifest.status)]


def _scored(run: Run) -> list[str]:
    """What was scored, and accuracy, macro-F1 and de-duplicated accuracy: on val, else out of fold."""
    kinds = {split: protocol(run, split) for split in run.manifest.scores}
    split = next((split for split, kind in kinds.items() if split == "val" or kind == OUT_OF_FOLD), None)
    if split is None:
        return ["not on val", "", "", ""]
    scores = run.manifest.scores[split]
    accuracy, macro_f1, _ = headline(scores).values()
    dedup = f"{scores.dedup.accuracy:.3f}" if scores.dedup else "unknown"
    return [split if split == "val" else f"{split}, {kinds[split]}", accuracy, macro_f1, dedup]


def _markdown(scored: list[Run]) -> str:
    """Runs scored on val, the most accurate first of each dataset, as a table for a README."""
    lines = ["| " + " | ".join(MARKDOWN) + " |", "| --- " * 2 + "| ---: " * 8 + "|"]
    for run in sorted(scored, key=lambda run: (run.dataset, -run.manifest.scores["val"].accuracy)):
        lines.append("| " + " | ".join(_markdown_cells(run)) + " |")
    return "\n".join(lines)


def _markdown_cells(run: Run) -> list[str]:
    manifest, val = run.manifest, run.manifest.scores["val"]
    low, high = val.accuracy_interval
    return [
        printable(run.name),
        printable(run.dataset),
        f"{manifest.parameters:,}",
        f"{manifest.macs / 1e6:.1f}M",
        f"{val.accuracy:.1%} [{low:.1%}, {high:.1%}]",
        f"{val.macro_f1:.3f}",
        f"{val.dedup.accuracy:.1%}" if val.dedup else "unknown",
        _corrupted(run),
        f"{val.ece:.3f}",
        _mean_of_seeds([seed.accuracy for seed in manifest.comparable_seeds]),
    ]


def _mean_of_seeds(accuracies: list[float]) -> str:
    if len(accuracies) < 2:
        return ""
    return f"{np.mean(accuracies):.1%} ± {100 * np.std(accuracies, ddof=1):.1f} ({len(accuracies)})"


def _corrupted(run: Run) -> str:
    """Accuracy on the corrupted faces of val, where `ferkit robustness` stored it."""
    try:
        accuracy = corrupted_accuracy(run.results().robustness("val"))
    except RunError:
        return ""
    return "" if accuracy is None else f"{accuracy:.1%}"
