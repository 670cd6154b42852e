"""Several runs as one, at the command line.  $ python -m ferkit ensemble compact compact-resnet --name both"""

from typing import Annotated

import typer
from rich.console import Console

from ferkit import runs
from ferkit.cli.errors import report_errors

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `ensemble` on the main app."""
    app.command()(report_errors(ensemble))


def ensemble(
    members: Annotated[list[str], typer.Argument(help="Finished runs with the same classes.", metavar="RUN...")],
    name: Annotated[str, typer.Option(help="Name of the new run.")],
    mode: Annotated[str, typer.Option(help="What is averaged: probabilities or logits.")] = "probabilities",
    weights: Annotated[str, typer.Option(help="equal, or val: fitted on val.")] = "equal",
    force: Annotated[bool, typer.Option("--force", help="Replace a run of that name.")] = False,
    no_map: Annotated[bool, typer.Option("--no-map", help="Do not draw the map after scoring.")] = False,
) -> None:
    """Combine finished runs into an ensemble, stored as a run, and score it on val."""
    opened = [runs.open_run(run) for run in dict.fromkeys(members)]
    from ferkit.cli.scoring import score_on_val
    from ferkit.data import store
    from ferkit.experiments.ensemble import join

    faces, console = store.load(opened[0].dataset), Console()
    run = join(opened, name, mode=mode, weights=weights, force=force)
    score_on_val(console, run, faces, maps=not no_map)
