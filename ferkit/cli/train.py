"""Training at the command line.  $ python -m ferkit train --recipe compact-resnet --data fer2013"""

import contextlib
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell
from ferkit.errors import ConfigError, RunError, shown
from ferkit.runs import Run
from ferkit.train.place import check_free

if TYPE_CHECKING:
    from ferkit.data.faces import Faces
    from ferkit.train.corrected import Correct

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `train` and `recipes` on the main app."""
    for command in (train, recipes):
        app.command()(report_errors(command))


def train(
    recipe: Annotated[str | None, typer.Option(help="Name of a recipe; `recipes` lists them.")] = None,
    data: Annotated[str | None, typer.Option(help="Name of a dataset; `data list` lists them.")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the run; the recipe's own by default.")] = None,
    set: Annotated[
        list[str] | None,
        typer.Option(help="key=value on top of the recipe; dots address nested settings.", metavar="KEY=VALUE"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue an interrupted run with the settings it was started with.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a run of that name.")] = False,
    corrections: Annotated[
        str | None,
        typer.Option(
            help="Learn these labels in place of the released ones: a CSV with the columns id and label, or `notes` "
            "for those of the notes on the dataset.",
            metavar="FILE|notes",
        ),
    ] = None,
    correct_val: Annotated[
        bool, typer.Option("--correct-val", help="Also correct the val faces by which epochs are compared.")
    ] = False,
    no_evaluate: Annotated[bool, typer.Option("--no-evaluate", help="Do not score the run on val afterwards.")] = False,
    no_map: Annotated[bool, typer.Option("--no-map", help="Do not draw the map after scoring.")] = False,
    track: Annotated[str | None, typer.Option(help="Also report to wandb or tensorboard.")] = None,
) -> None:
    """Train a run and score it on val; Ctrl-C leaves a valid run that --resume continues."""
    if correct_val and not corrections:
        raise ConfigError("--correct-val says where labels are corrected: give them, too, by --corrections FILE")
    if resume:
        existing = _opened(name or recipe, data)
        _check_unchanged(existing, recipe if name else None, set, force, corrections)
        path, dataset = existing.path, existing.dataset
    else:
        path, dataset = _fresh(recipe, data, name, force)
    from ferkit.cli.progress import TrainingLine  # torch takes seconds to import: mistakes in names are reported first
    from ferkit.cli.scoring import score_on_val
    from ferkit.data import store
    from ferkit.evaluate.evaluation import evaluate
    from ferkit.experiments.train_and_score import unscored_teachers
    from ferkit.train.accelerator import processes
    from ferkit.train.config import from_recipe, parse
    from ferkit.train.fit import fit
    from ferkit.train.loop import Epoch
    from ferkit.train.tracking import tracker

    with _renamed_settings():
        config = parse(existing.manifest.config) if resume else from_recipe(str(recipe), set)
    faces, team = store.load(dataset), processes()
    console = Console(quiet=not team.is_main_process)
    correct = _corrections(corrections, faces, console, val=correct_val) if corrections else None
    with team.main_process_first():
        for teacher in unscored_teachers(config, faces):
            with console.status(f"Scoring the training faces by {teacher.name}, once …"):
                evaluate(teacher, faces, "train", maps=False)
    origin = {} if resume else {"recipe": recipe}
    with tracker(track if team.is_main_process else None, path.name) as tracked:
        with TrainingLine(console) as line:

            def epoch(row: Epoch) -> None:
                line.epoch(row)
                tracked.epoch(row)

            run = fit(
                config, faces, path,
                resumed=resume, replace=force, origin=origin, correct=correct, on_step=line.step, on_epoch=epoch,
            )  # fmt: skip
        if team.is_main_process and not no_evaluate:
            tracked.scores(run, score_on_val(console, run, faces, maps=not no_map))
    team.destroy_process_group()
    console.print("Look at it: streamlit run dashboard/app.py")


@contextlib.contextmanager
def _renamed_settings() -> Iterator[None]:
    """Print the new names of settings that were given by old ones, each in a line."""
    with warnings.catch_warnings(record=True) as renamed:
        warnings.simplefilter("always", FutureWarning)
        yield
    for warning in renamed:
        Console(stderr=True).print(str(warning.message), markup=False, highlight=False)


def _corrections(source: str, faces: "Faces", console: Console, *, val: bool) -> "Correct":
    """The corrected labels, after a line that counts them."""
    from ferkit.data import corrections
    from ferkit.train.corrected import Correct

    correct = Correct(corrections.read(source, faces), ("train", "val") if val else ("train",))
    n, splits = len(correct.labels.rows(faces, correct.splits)), " and ".join(correct.splits)
    counted = f"{n:,} label{'' if n == 1 else 's'} of {splits} corrected by {cell(correct.labels.source)}."
    console.print(counted, highlight=False, soft_wrap=True)
    return correct


def _check_unchanged(
    run: Run, recipe: str | None, settings: list[str] | None, force: bool, corrections: str | None
) -> None:
    """Raises ConfigError for options that a run which is resumed cannot take any more."""
    if corrections:
        raise ConfigError(f"{run.name} continues with the labels it was started with: leave --corrections out.")
    if force:
        raise ConfigError("--resume continues a run and --force replaces it: leave one of them out.")
    if recipe and recipe != run.manifest.recipe:
        raise ConfigError(
            f"{run.name} was started with the recipe {run.manifest.recipe}, which cannot change: leave --recipe out."
        )
    if settings:
        raise ConfigError(
            f"{run.name} continues with the settings it was started with; {shown(settings[0])} cannot change them. "
            "Leave --set out, or train a new run: --name NEW"
        )


def recipes() -> None:
    """List the recipes and what each is for."""
    from ferkit.train.config import from_recipe, summaries

    table = Table("Recipe", "Model", "Epochs", "What for")
    for name, summary in summaries().items():
        config = from_recipe(name)
        table.add_row(name, config.model, str(config.epochs), summary)
    Console().print(table)


def _fresh(recipe: str | None, data: str | None, name: str | None, force: bool) -> tuple[Path, str]:
    if not recipe or not data:
        raise ConfigError(
            "A new run needs --recipe and --data. See: python -m ferkit recipes, and python -m ferkit data list"
        )
    path = runs.path_of(name or recipe)
    if not force:
        check_free(path)
    return path, data


def _opened(name: str | None, data: str | None) -> Run:
    if not name:
        raise ConfigError("Say which run to resume: --resume --name RUN")
    run = runs.open_run(name)
    if run.manifest.status == "finished":
        raise RunError(f"{run.name} is finished after {run.manifest.epochs_done} epochs; there is nothing to resume.")
    if data not in (None, run.dataset):
        raise ConfigError(
            f"{run.name} is trained on {run.dataset!r}; it cannot continue on {data!r}. Leave --data out."
        )
    return run
