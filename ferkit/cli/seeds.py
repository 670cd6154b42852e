"""Several seeds at the command line.  $ python -m ferkit seeds compact-0 compact-1 compact-2 --name compact"""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs
from ferkit.cli.errors import report_errors

__all__ = ["register"]

SCORES = {
    "accuracy": "Val accuracy",
    "dedup_accuracy": "De-duplicated",
    "macro_f1": "Macro-F1",
    "balanced_accuracy": "Balanced",
    "ece": "ECE",
}


def register(app: typer.Typer) -> None:
    """Mount `seeds` on the main app."""
    app.command()(report_errors(seeds))


def seeds(
    candidates: Annotated[list[str], typer.Argument(help="Runs that differ in their seed alone.", metavar="RUN...")],
    name: Annotated[str, typer.Option(help="Name of the copy that is kept.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a run of that name.")] = False,
) -> None:
    """Keep the run of the seed with the best val accuracy under a new name, with the scores of all of them."""
    from ferkit.experiments.seeds import keep_best, mean_of

    best = keep_best([runs.open_run(run) for run in candidates], name, force=force)
    trained = best.manifest.seeds
    table = Table("Score", *(seed.run for seed in trained), "mean ± deviation")
    for score, title in SCORES.items():
        if mean := mean_of(best, score):
            table.add_row(
                title, *(_number(getattr(seed, score)) for seed in trained), f"{mean.mean:.4f} ± {mean.deviation:.4f}"
            )
    console = Console()
    console.print(table)
    console.print(f"{name} is seed {best.manifest.seed}.")


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.4f}"
