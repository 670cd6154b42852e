"""A run trained again from its manifest, at the command line.  $ python -m ferkit reproduce mine"""

from typing import Annotated

import typer
from rich.console import Console

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `reproduce` on the main app."""
    app.command()(report_errors(reproduce))


def reproduce(
    run: Annotated[str, typer.Argument(help="Name of the run.")],
    name: Annotated[str | None, typer.Option(help="Name of the second run; RUN-again by default.")] = None,
) -> None:
    """Train a run again from its manifest and say how far the second strays from the first."""
    opened, path = runs.open_run(run), runs.path_of(name or f"{run}-again")
    from ferkit.cli.progress import TrainingLine
    from ferkit.data import store
    from ferkit.experiments.reproduce import reproduce as again_of

    faces, console = store.load(opened.dataset), Console()
    with TrainingLine(console) as line:
        again = again_of(opened, faces, path, line.epoch)
    for library, (before, now) in again.versions.items():
        console.print(f"{cell(library)}: {cell(before)} then, {cell(now)} now.", highlight=False)
    console.print(cell(again.sentence), highlight=False, soft_wrap=True)
