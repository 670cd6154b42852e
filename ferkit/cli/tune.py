"""A search at the command line.  $ python -m ferkit tune --recipe base-cnn --data fer2013 --trials 40"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ferkit.cli.errors import report_errors
from ferkit.errors import ConfigError

if TYPE_CHECKING:
    from ferkit.data.faces import Faces
    from ferkit.experiments.study import Search

__all__ = ["register"]

METRIC = "val_macro_f1"


def register(app: typer.Typer) -> None:
    """Mount `tune` on the main app."""
    app.command()(report_errors(tune))


def tune(
    recipe: Annotated[str | None, typer.Option(help="Name of a recipe; an existing study has its own.")] = None,
    data: Annotated[str | None, typer.Option(help="Name of a dataset; an existing study has its own.")] = None,
    trials: Annotated[
        int, typer.Option(min=1, help="Total number of trials in the study, including pruned ones.")
    ] = 30,
    study: Annotated[
        str | None, typer.Option(help="Name of the study and of the best run; RECIPE-search by default.")
    ] = None,
    set: Annotated[
        list[str] | None, typer.Option(help="key=value on top of the recipe, in every trial.", metavar="KEY=VALUE")
    ] = None,
    space: Annotated[
        Path | None, typer.Option(help="YAML file with the search space; the recipe's own by default.")
    ] = None,
    storage: Annotated[
        str | None, typer.Option(help="URL of an Optuna database that several machines share; a local file by default.")
    ] = None,
    metric: Annotated[
        str | None, typer.Option(help=f"val_macro_f1 or val_accuracy; {METRIC} by default, or the study's own.")
    ] = None,
    no_map: Annotated[bool, typer.Option("--no-map", help="Do not draw the map of the best run.")] = False,
) -> None:
    """Search for better settings; any number of processes can share one study, and an interrupted one continues."""
    from ferkit.cli.scoring import score_on_val
    from ferkit.experiments import study as studies  # reports a missing Optuna before torch is imported
    from ferkit.experiments.search import free, search
    from ferkit.experiments.search_space import read

    if not (study or recipe):
        raise ConfigError("A search needs --recipe and --data, or --study to continue one.")
    name = study or f"{recipe}-search"
    settings = tuple(set) if set else None
    options = {"recipe": recipe, "data": data, "settings": settings, "storage": storage, "metric": metric}
    about, faces = _existing(name, options) if name in studies.studies() else _new(name, options)
    ranges, console = read(about.recipe, space), Console()
    free(name)
    studies.load(about)
    about.save()

    def on_trial(number: int, state: str, value: float | None) -> None:
        score = "" if value is None else f"{about.metric} {value:.4f}"
        console.print(f"trial {number:3d}  {state:8}  {score}", highlight=False)

    run = search(about, ranges, faces, trials, on_trial)
    if run is None:
        console.print(f"No trial of {name} was finished here.")
        return
    console.print(f"The best is trial {run.manifest.trial}, kept as the run {name}.")
    score_on_val(console, run, faces, maps=not no_map)
    console.print("It was chosen on val, so these scores are slightly optimistic; test faces were not used.")


def _existing(name: str, options: dict[str, Any]) -> tuple["Search", "Faces"]:
    """The study of that name and its dataset. Raises ConfigError for an option it was not started with."""
    from ferkit.data import store
    from ferkit.experiments import study

    about = study.opened(name)
    for option, value in options.items():
        original = getattr(about, option)
        if value is not None and value != original:
            flag = "set" if option == "settings" else option
            raise ConfigError(
                f"The study {name!r} was started with --{flag} {_words(original)}; got {_words(value)}. Leave the "
                "option out, or give this search another name: --study NAME"
            )
    faces = store.load(about.data)
    if faces.fingerprint != about.fingerprint:
        raise ConfigError(
            f"{about.data!r} has changed since the study {name!r} was started. Give this search another name: --study "
            "NAME"
        )
    return about, faces


def _new(name: str, options: dict[str, Any]) -> tuple["Search", "Faces"]:
    from ferkit.data import store
    from ferkit.experiments import study

    recipe, data, metric = options["recipe"], options["data"], options["metric"] or METRIC
    if not recipe or not data:
        raise ConfigError(
            "A new search needs --recipe and --data. See: python -m ferkit recipes, and python -m ferkit data list"
        )
    if metric not in study.METRICS:
        raise ConfigError(f"--metric takes {' or '.join(study.METRICS)}; got {metric!r}.")
    faces = store.load(data)
    settings, storage = options["settings"] or (), options["storage"] or ""
    return study.Search(name, recipe, data, faces.fingerprint, metric, settings, storage), faces


def _words(value: Any) -> str:
    return (" ".join(value) if isinstance(value, tuple) else str(value)) or "left out"
