"""A search at the command line.  $ python -m ferkit tune --recipe base-cnn --data fer2013 --trials 40"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ferkit.cli.errors import one_sentence
from ferkit.errors import ConfigError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `tune` on the main app."""
    app.command()(one_sentence(tune))


def tune(
    recipe: Annotated[
        str | None, typer.Option(help="Name of a recipe; a study that is there already knows its own.")
    ] = None,
    data: Annotated[str | None, typer.Option(help="Name of a dataset; likewise.")] = None,
    trials: Annotated[int, typer.Option(min=1, help="How many the study is to have, pruned ones included.")] = 30,
    study: Annotated[
        str | None, typer.Option(help="Name of the study and of the best run; RECIPE-search by default.")
    ] = None,
    set: Annotated[
        list[str] | None, typer.Option(help="key=value on top of the recipe, in every trial.", metavar="KEY=VALUE")
    ] = None,
    space: Annotated[
        Path | None, typer.Option(help="YAML file that says what may change; the recipe's own by default.")
    ] = None,
    storage: Annotated[
        str | None, typer.Option(help="Address of an Optuna database for many machines; a local file by default.")
    ] = None,
    metric: Annotated[str, typer.Option(help="val_macro_f1 or val_accuracy.")] = "val_macro_f1",
) -> None:
    """Search for better settings; any number of processes can share one study, and an interrupted one goes on."""
    from ferkit.data import store
    from ferkit.evaluate.evaluation import evaluate
    from ferkit.experiments import study as studying  # says so where Optuna is missing; torch takes seconds to import
    from ferkit.experiments.search import free, search
    from ferkit.experiments.search_space import read

    name = study or f"{recipe}-search"
    if name in studying.studies():
        about = studying.opened(name)
        if strange := _differs(about, recipe=recipe, data=data, settings=tuple(set) if set else None, storage=storage):
            raise ConfigError(
                f"The study {name!r} is about another {strange}. Give this search another name: --study NAME"
            )
        faces = store.load(about.data)
        if faces.fingerprint != about.fingerprint:
            raise ConfigError(
                f"{about.data!r} has changed since the study {name!r} was begun. Give this search another name: --study NAME"
            )
    else:
        if not recipe or not data:
            raise ConfigError(
                "A new search needs --recipe and --data. See: python -m ferkit recipes, and python -m ferkit data list"
            )
        if metric not in studying.METRICS:
            raise ConfigError(f"--metric takes {' or '.join(studying.METRICS)}; got {metric!r}.")
        faces = store.load(data)
        about = studying.Search(name, recipe, data, faces.fingerprint, metric, tuple(set or ()), storage or "")
    ranges, console = read(about.recipe, space), Console()
    free(name)
    studying.load(about)
    about.save()

    def told(number: int, state: str, value: float | None) -> None:
        console.print(
            f"trial {number:3d}  {state:8}  {'' if value is None else f'{about.metric} {value:.4f}'}", highlight=False
        )

    run = search(about, ranges, faces, trials, told)
    if run is None:
        console.print(f"No trial of {name} was finished here.")
        return
    with console.status("Scoring the best on val and drawing the map …"):
        scores = evaluate(run, faces, "val")
    console.print(
        f"{run.name} is trial {run.manifest.trial}: val accuracy {scores.accuracy:.1%}, macro-F1 {scores.macro_f1:.3f}."
    )
    console.print("val chose it, so these are a little too good; a test split has not been looked at.")


def _differs(about: object, **asked: object) -> str:
    """The first thing asked for that is not what the study is about."""
    return next((key for key, value in asked.items() if value is not None and getattr(about, key) != value), "")
