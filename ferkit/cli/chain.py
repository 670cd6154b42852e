"""The chain from picture to emotion at the command line.  $ python -m ferkit chain compact-wild"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import TimeRemainingColumn

from ferkit import runs
from ferkit.cli.bar import progress_bar
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell

if TYPE_CHECKING:
    from ferkit.faces import Detector

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `chain` on the main app."""
    app.command()(report_errors(chain))


def chain(
    run: Annotated[str, typer.Argument(help="Name of a run.")],
    data: Annotated[str | None, typer.Option(help="Name of a dataset; the run's own by default.")] = None,
    split: Annotated[str, typer.Option(help="train, val, test or all.")] = "val",
    faces: Annotated[int, typer.Option(min=1, help="How many faces are drawn from the split.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of the sample and of the scenes.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Also write the table as Markdown, in place of any there.", metavar="FILE")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Paste faces into scenes, find, crop and read them, and store what each step loses.

    By every detector there is, in scenes as drawn, dark, lit from a side, blurred, and with faces rolled.
    """
    opened = runs.open_run(run)
    from ferkit import files
    from ferkit.data import store
    from ferkit.evaluate.chain import chain as score
    from ferkit.evaluate.chain_table import markdown

    dataset = store.load(data or opened.dataset)
    with progress_bar(time=TimeRemainingColumn()) as bar:
        task = bar.add_task("Reading scenes", total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=f"Reading scenes: {name}")

        table = score(opened, dataset, split, _detectors(), n=faces, seed=seed, progress=progress)
    text = f"{_title(opened.name, dataset.name, split, int(table['faces'].iloc[0]), seed)}\n\n{markdown(table)}"
    place = opened.results(dataset.name).path / f"{split}-chain.parquet"
    if out:
        with files.atomic_write(out) as partial:
            partial.write_text(text, "utf-8")
    if as_json:
        print(json.dumps({"run": opened.name, "stored": str(place), "rows": table.to_dict("records")}))
    else:
        print(text)
        Console().print(f"Stored in {cell(str(place))}.", highlight=False, soft_wrap=True)


def _title(run: str, data: str, split: str, n: int, seed: int) -> str:
    command = f"python -m ferkit chain {run} --data {data} --split {split} --faces {n} --seed {seed}"
    return f"`{run}` on {n:,} {split} faces of {data}: `{command}`"


def _detectors() -> "list[Detector]":
    """The one that photos are read with, and Haar's, which is always there."""
    from ferkit.faces import detector
    from ferkit.faces.detect import Haar

    best = detector()
    return [best] if isinstance(best, Haar) else [best, Haar()]
