"""Several runs as one, at the command line.  $ python -m ferkit ensemble compact compact-resnet --name both"""

from typing import Annotated

import typer
from rich.console import Console

from ferkit import runs
from ferkit.cli.errors import one_sentence

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `ensemble` on the main app."""
    app.command()(one_sentence(ensemble))


def ensemble(
    found: Annotated[list[str], typer.Argument(help="Finished runs of one dataset.", metavar="RUN...")],
    name: Annotated[str, typer.Option(help="Name of the run they become.")],
    mode: Annotated[str, typer.Option(help="What is averaged: probabilities or logits.")] = "probabilities",
    weights: Annotated[str, typer.Option(help="equal, or val: fitted there.")] = "equal",
    force: Annotated[bool, typer.Option("--force", help="Replace a run of that name.")] = False,
) -> None:
    """Join finished runs into one that every page shows, and score it on val."""
    opened = [runs.open_run(run) for run in dict.fromkeys(found)]
    from ferkit.data import store
    from ferkit.evaluate.evaluation import evaluate
    from ferkit.experiments.ensemble import join

    faces, console = store.load(opened[0].dataset), Console()
    run = join(opened, name, mode=mode, weights=weights, force=force)
    with console.status("Scoring on val and drawing the map …"):
        scores = evaluate(run, faces, "val")
    low, high = scores.accuracy_interval
    accuracy = f"val accuracy {scores.accuracy:.1%} [{low:.1%}, {high:.1%}]"
    console.print(f"{run.name}: {accuracy}, macro-F1 {scores.macro_f1:.3f}")
