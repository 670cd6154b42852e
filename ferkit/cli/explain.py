"""Explanations at the command line.  $ python -m ferkit explain compact --split val"""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.cli.reporting import reporting
from ferkit.cli.text import cell
from ferkit.explain.stored import MethodScore, Record

__all__ = ["register"]

STAGES = ("contrasts", "methods", "evidence")


def register(app: typer.Typer) -> None:
    """Mount `explain` on the main app."""
    app.command()(report_errors(explain))


def explain(
    run: Annotated[str, typer.Argument(help="Name of a run.")],
    data: Annotated[str | None, typer.Option(help="Name of a dataset; the run's own by default.")] = None,
    split: Annotated[str, typer.Option(help="train, val, test or all.")] = "val",
    faces: Annotated[
        int, typer.Option(min=2, max=10_000, help="Faces of each class whose evidence is gathered, at most.")
    ] = 150,
    per_method: Annotated[
        int | None,
        typer.Option(min=2, max=10_000, help="Faces on which each method is scored; unset, as many as take a minute."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the sample.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Measure what a run looks at, how far its heat maps are to be believed, and store it for the pages."""
    opened = runs.open_run(run)
    from ferkit.data import store
    from ferkit.evaluate.explaining import explain_run

    part = store.load(data or opened.dataset)
    with reporting("Explaining") as report:
        record = explain_run(
            opened,
            part,
            split,
            per_class=faces,
            per_method=per_method,
            seed=seed,
            progress=lambda stage, done, total: report(round(100 * (STAGES.index(stage) + done / max(1, total))), 300),
        )
    if as_json:
        print(json.dumps(record.model_dump(mode="json"), ensure_ascii=False, allow_nan=False))
    else:
        _print(record)


def _print(record: Record) -> None:
    console = Console()
    console.print(_methods(record))
    console.print(_regions(record))
    console.print(cell(record.summary), highlight=False)


def _methods(record: Record) -> Table:
    title = f"{cell(record.run)} on {cell(record.data)} {record.split}, {record.faces_per_method} faces a method"
    table = Table(title=title, caption="Shuffled: correlation with the maps of shuffled weights.")
    table.add_column("Method", no_wrap=True)
    for name in ("Insertion", "Deletion", "Over centre", "ROAD", "Shuffled", "ms"):
        table.add_column(name, justify="right")
    scores = {**record.methods, **record.baselines}
    for name in record.ranking:
        table.add_row(cell(name), *_row(scores[name], name in record.baselines))
    return table


def _row(score: MethodScore, baseline: bool) -> list[str]:
    mean, low, high = score.over_centre
    r = score.randomisation_correlation
    return [
        f"{score.insertion_auc:.3f}",
        f"{score.deletion_auc:.3f}",
        f"{mean:+.2f} ± {(high - low) / 2:.2f}",
        f"{score.road:+.3f}",
        "" if baseline or r is None else f"{r:.2f}",
        "" if baseline else f"{score.ms_per_face:.1f}",
    ]


def _regions(record: Record) -> Table:
    names = list(next(iter(record.regions.values())))
    table = Table("Class", title=f"Share of the evidence, {record.n} faces")
    for name in names:
        table.add_column(name, justify="right")
    for label, shares in record.regions.items():
        table.add_row(cell(label), *("" if shares[r] is None else f"{shares[r]:.0%}" for r in names))
    return table
