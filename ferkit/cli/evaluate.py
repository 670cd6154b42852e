"""Score a run at the command line.  $ python -m ferkit evaluate RUN"""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import TextColumn
from rich.table import Table

from ferkit import metrics, runs
from ferkit.cli.bar import progress_bar
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell, headline
from ferkit.runs import Run, Scores

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `evaluate` on the main app."""
    app.command()(report_errors(evaluate))


def evaluate(
    run: Annotated[str, typer.Argument(help="Name of a run.")],
    data: Annotated[str | None, typer.Option(help="Name of a dataset; the run's own by default.")] = None,
    split: Annotated[str, typer.Option(help="train, val, test or all.")] = "val",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
    no_map: Annotated[
        bool, typer.Option("--no-map", "--no-maps", help="Leave out UMAP and PCA, the slowest part.")
    ] = False,
    corrections: Annotated[
        str | None,
        typer.Option(
            help="Also compare with the scores against corrected labels: a CSV with the columns id and label, or "
            "`notes` for those of the notes on the dataset.",
            metavar="FILE|notes",
        ),
    ] = None,
    flip: Annotated[
        bool, typer.Option("--flip", help="Also score the mean of each face and its mirror image, separately.")
    ] = False,
    ray: Annotated[
        str | None,
        typer.Option(
            help="Have the faces read by a Ray cluster: auto, HOST:PORT, or `local` for processes of this machine.",
            metavar="ADDRESS",
        ),
    ] = None,
) -> None:
    """Score a run on a dataset and store what the pages show of it.

    Scores are stored and printed first; the map, which takes longer, comes last.
    """
    opened = runs.open_run(run)
    # After the run is known to exist: torch takes seconds to import.
    from ferkit.cli.drawing import draw_with_bar
    from ferkit.data import store
    from ferkit.data.corrections import read as read_corrections
    from ferkit.evaluate.corrections import effect
    from ferkit.evaluate.evaluation import evaluate as score

    faces = store.load(data or opened.dataset)
    corrected = read_corrections(corrections, faces) if corrections else None
    with progress_bar(TextColumn("{task.completed:.0f}")) as bar:
        task = bar.add_task("Scoring faces", total=None)

        def progress(stage: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        scores = score(opened, faces, split, maps=False, flip=flip, ray=ray, progress=progress)
    found = effect(runs.open_run(run).results(faces.name), split, corrected) if corrected else None
    if not as_json:
        _print_scores(Console(), opened, split, scores, outdated=no_map and scores.map_outdated)
        if found:
            Console().print(found.sentence, markup=False, highlight=False, soft_wrap=True)
        _print_place(Console(), opened.results(faces.name).path, split, maps=not no_map)
    if not no_map:
        drawn = draw_with_bar(runs.open_folder(opened.path), split, faces.name)
        scores = drawn.results(faces.name).scores[split]
    if as_json:
        size = {"parameters": opened.manifest.parameters, "macs": opened.manifest.macs}
        report = {"run": run, "split": split, **scores.model_dump(mode="json"), **size}
        report |= {"corrected": found.as_json()} if found else {}
        print(json.dumps(report, ensure_ascii=False, allow_nan=False))


def _print_place(console: Console, folder: Path, split: str, *, maps: bool) -> None:
    """Where the scores are stored, and what comes next."""
    place = f"Scores stored in {cell(folder)}/"
    then = "; now the map, which can be left out (--no-map)." if maps else "; the map is left out."
    console.print(f"{place}{then}", highlight=False, soft_wrap=True)


def _print_scores(console: Console, run: Run, split: str, scores: Scores, *, outdated: bool) -> None:
    console.print(_summary(run, split, scores))
    if scores.flip:
        mean = ", ".join(f"{name} {value}" for name, value in headline(scores.flip).items())
        console.print(f"Each face with its mirror image: {mean}.")
    console.print(_per_class(scores))
    size = f"{run.manifest.parameters:,} parameters, {run.manifest.macs:,} multiply-adds"
    console.print(f"{size}, {scores.seconds:.1f} s.", highlight=False)
    if scores.left_out:
        counts = ", ".join(f"{cell(name)} ({n:,} faces)" for name, n in scores.left_out.items())
        console.print(f"Left out, because the run does not have these classes: {counts}.", highlight=False)
    if outdated:
        console.print(f"The stored map is outdated. Draw it again: python -m ferkit map {cell(run.name)}")


def _summary(run: Run, split: str, scores: Scores) -> Table:
    columns = {f"as released ({scores.n:,} faces)": headline(scores)}
    if scores.dedup:
        columns[f"not in train ({scores.dedup.n:,} faces)"] = headline(scores.dedup)
    table = Table("Score", title=f"{cell(run.name)} on {cell(scores.data)} {split}")
    for title in columns:
        table.add_column(title, justify="right")
    for name in headline(scores):
        table.add_row(name, *(values[name] for values in columns.values()))
    at = f"temperature {metrics.Temperature(scores.temperature, scores.temperature_slope)}"
    table.add_row("top-2", f"{scores.top2:.3f}")
    table.add_row(f"calibration error at {at}", f"{scores.ece:.3f}")
    table.add_row("… uncalibrated", f"{scores.ece_uncalibrated:.3f}")
    table.add_row(f"negative log-likelihood at {at}", f"{scores.nll:.3f}")
    table.add_row("… uncalibrated", f"{scores.nll_uncalibrated:.3f}")
    return table


def _per_class(scores: Scores) -> Table:
    table = Table("Class", "Precision", "Recall", "F1", "Support")
    for name, row in scores.per_class.items():
        recall = f"{row.recall:.3f}" + (" [{:.3f}, {:.3f}]".format(*row.recall_interval) if row.recall_interval else "")
        table.add_row(cell(name), f"{row.precision:.3f}", recall, f"{row.f1:.3f}", f"{row.support:,}")
    return table
