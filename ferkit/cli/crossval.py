"""Cross-validation at the command line.  $ python -m ferkit crossval --recipe base-cnn --data fer2013 --folds 5"""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.errors import RunError
from ferkit.runs import Run

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `crossval` on the main app."""
    app.command()(report_errors(crossval))


def crossval(
    recipe: Annotated[str, typer.Option(help="Name of a recipe; `recipes` lists them.")],
    data: Annotated[str, typer.Option(help="Name of a dataset; its train split is folded.")],
    folds: Annotated[int, typer.Option(help="Number of folds.")] = 5,
    name: Annotated[str | None, typer.Option(help="Name of the run; RECIPE-crossval by default.")] = None,
    set: Annotated[list[str] | None, typer.Option(help="key=value on top of the recipe.", metavar="KEY=VALUE")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a finished run of that name.")] = False,
) -> None:
    """Train once per fold and score every training face with a network that never saw it; when restarted, it continues
    where it was stopped."""
    path = runs.path_of(name or f"{recipe}-crossval")
    if (path / "run.json").is_file() and not force:
        raise RunError(f"There is a run {path.name!r} already. Give another --name or replace it (--force).")
    from ferkit.cli.progress import TrainingLine  # torch takes seconds to import: mistakes in names are reported first
    from ferkit.data import store
    from ferkit.data.faces import Faces
    from ferkit.experiments.crossval import SCORES
    from ferkit.experiments.crossval import crossval as run_folds
    from ferkit.train.config import from_recipe
    from ferkit.train.fit import fit

    config, console = from_recipe(recipe, set), Console()

    def train(k: int, folder: Path, part: Faces, resumed: bool) -> Run:
        console.print(f"fold {k} of {folds}")
        with TrainingLine(console) as line:
            origin = {"recipe": recipe}
            return fit(config, part, folder, resumed=resumed, origin=origin, on_step=line.step, on_epoch=line.epoch)

    run = run_folds(config, store.load(data), path, folds, train, recipe=recipe)
    table = Table("Score", *(f"fold {k}" for k in range(1, folds + 1)), "mean ± deviation")
    for score in SCORES:
        values = getattr(run.manifest.crossval, score)
        mean = f"{np.mean(values):.4f} ± {np.std(values, ddof=1):.4f}"
        table.add_row(score.replace("_", " "), *(f"{value:.4f}" for value in values), mean)
    console.print(table)
