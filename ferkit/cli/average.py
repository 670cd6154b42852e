"""The mean of runs' weights at the command line.  $ python -m ferkit average compact tuned --name mean"""

from typing import Annotated

import typer
from rich.console import Console

from ferkit import runs
from ferkit.cli.errors import report_errors

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `average` on the main app."""
    app.command()(report_errors(average))


def average(
    members: Annotated[list[str], typer.Argument(help="Finished runs of one network.", metavar="RUN...")],
    name: Annotated[str, typer.Option(help="Name of the new run.")],
    weight: Annotated[
        list[float] | None, typer.Option(help="Share of each run, in their order; equal by default.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a run of that name.")] = False,
    no_map: Annotated[bool, typer.Option("--no-map", help="Do not draw the map after scoring.")] = False,
) -> None:
    """Average the weights of finished runs of one network, such as a run and one that was started from it, and score
    the result on val."""
    opened = [runs.open_run(run) for run in members]
    from ferkit.cli.scoring import score_on_val
    from ferkit.data import store
    from ferkit.experiments.average import average as mean

    faces, console = store.load(opened[0].dataset), Console()
    run = mean(opened, name, weights=weight, force=force)
    score_on_val(console, run, faces, maps=not no_map)
