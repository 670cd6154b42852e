"""Runs at the command line.  $ python -m ferkit evaluate RUN | runs"""

import json
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ferkit import runs as folders
from ferkit.cli.errors import one_sentence
from ferkit.errors import RunError
from ferkit.runs import Headline, Run, Scores

__all__ = ["register"]

WIDE = 150  # columns, where the table goes into a file or a pipe
STAGES = {"faces": "Scoring faces", "map": "Drawing the map"}
Json = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]


def register(app: typer.Typer) -> None:
    """Mount `evaluate` and `runs` on the main app."""
    for command in (evaluate, runs):
        app.command()(one_sentence(command))


def evaluate(
    run: Annotated[str, typer.Argument(help="Name of a run.")],
    data: Annotated[str | None, typer.Option(help="Name of a dataset; the run's own by default.")] = None,
    split: Annotated[str, typer.Option(help="train, val, test or all.")] = "val",
    as_json: Json = False,
    no_maps: Annotated[
        bool, typer.Option("--no-maps", help="Leave out the UMAP and PCA layouts, the slowest part.")
    ] = False,
    flip: Annotated[
        bool, typer.Option("--flip", help="Also score each face together with its mirror image, as numbers apart.")
    ] = False,
) -> None:
    """Score a run on a dataset and store what the pages show of it."""
    opened = folders.open_run(run)
    from ferkit.data import store
    from ferkit.evaluate.evaluation import (
        evaluate as score,
    )  # after the run is known to exist: torch takes seconds to import

    faces = store.load(data or opened.dataset)
    with _progress() as bar:
        tasks = {stage: bar.add_task(title, total=None, visible=False) for stage, title in STAGES.items()}

        def tell(stage: str, done: int, total: int) -> None:
            bar.update(tasks[stage], completed=done, total=total if done else None, visible=True)

        scores = score(opened, faces, split, maps=not no_maps, flip=flip, progress=tell)
    if as_json:
        size = {"parameters": opened.manifest.parameters, "macs": opened.manifest.macs}
        report = {"run": run, "split": split, **scores.model_dump(mode="json"), **size}
        print(json.dumps(report, ensure_ascii=False, allow_nan=False))
    else:
        _print_scores(Console(), opened, split, scores)


def runs(
    names: Annotated[list[str] | None, typer.Argument(help="Only these.", metavar="[RUN...]")] = None,
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
) -> None:
    """List the runs there are, with their scores on val."""
    if strange := set(names or ()) - set(folders.names()):
        raise RunError(f"No run {', '.join(sorted(strange))}; there are {', '.join(folders.names()) or 'none'}.")
    opened = {name: _opened(name) for name in names or folders.names()}
    good = [run for run in opened.values() if isinstance(run, Run)]
    if as_json:
        print(json.dumps([_as_json(name, run) for name, run in opened.items()], ensure_ascii=False))
        return
    if markdown:
        print(_markdown([run for run in good if "val" in run.manifest.scores]))
        return
    if not opened:
        print("No run yet. Train one: python -m ferkit train --recipe base-cnn --data NAME")
        return
    table = Table()
    heads = ("Run", "Model", "Dataset", "Parameters", "MACs", "Val accuracy", "Val macro-F1", "De-duplicated", "Status")
    for i, head in enumerate(heads):
        table.add_column(head, justify="right" if 3 <= i < 8 else "left", overflow="fold")
    for run in good:
        table.add_row(*_row(run))
    console = Console()
    console.width = console.width if console.is_terminal else WIDE
    console.print(table)
    for error in opened.values():
        if isinstance(error, RunError):
            console.print(f"Left out, because {error}", markup=False, highlight=False)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}"), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _print_scores(console: Console, run: Run, split: str, scores: Scores) -> None:
    columns = {f"as released ({scores.n:,} faces)": _headline(scores)}
    if scores.dedup:
        columns[f"not in train ({scores.dedup.n:,} faces)"] = _headline(scores.dedup)
    table = Table("Score", title=f"{escape(run.name)} on {escape(scores.data)} {split}")
    for title in columns:
        table.add_column(title, justify="right")
    for name in _headline(scores):
        table.add_row(name, *(values[name] for values in columns.values()))
    table.add_row("top-2", f"{scores.top2:.3f}")
    table.add_row(f"calibration error at temperature {scores.temperature:.2f}", f"{scores.ece:.3f}")
    table.add_row("… uncalibrated", f"{scores.ece_uncalibrated:.3f}")
    table.add_row(f"negative log-likelihood at temperature {scores.temperature:.2f}", f"{scores.nll:.3f}")
    table.add_row("… uncalibrated", f"{scores.nll_uncalibrated:.3f}")
    console.print(table)
    if scores.flip:
        console.print(
            "Each face with its mirror image:",
            ", ".join(f"{name} {value}" for name, value in _headline(scores.flip).items()) + ".",
        )
    classes = Table("Class", "Precision", "Recall", "F1", "Support")
    for name, row in scores.per_class.items():
        recall = f"{row.recall:.3f}" + (" [{:.3f}, {:.3f}]".format(*row.recall_interval) if row.recall_interval else "")
        classes.add_row(escape(name), f"{row.precision:.3f}", recall, f"{row.f1:.3f}", f"{row.support:,}")
    console.print(classes)
    size = f"{run.manifest.parameters:,} parameters, {run.manifest.macs:,} multiply-adds"
    console.print(f"{size}, {scores.seconds:.1f} s.", highlight=False)


def _headline(scores: Headline) -> dict[str, str]:
    """Accuracy and macro-F1 with their intervals, and balanced accuracy, in words."""
    values = {
        "accuracy": (scores.accuracy, scores.accuracy_interval),
        "macro-F1": (scores.macro_f1, scores.macro_f1_interval),
    }
    text = {name: f"{value:.3f} [{low:.3f}, {high:.3f}]" for name, (value, (low, high)) in values.items()}
    return text | {"balanced accuracy": f"{scores.balanced_accuracy:.3f}"}


def _opened(name: str) -> Run | RunError:
    try:
        return folders.open_run(name)
    except RunError as error:
        return error


def _as_json(name: str, run: Run | RunError) -> dict[str, Any]:
    if isinstance(run, RunError):
        return {"run": name, "error": str(run)}
    manifest = run.manifest.as_json()
    return {
        "run": name,
        "model": run.manifest.model.name,
        "data": run.dataset,
        **{key: manifest[key] for key in ("parameters", "macs", "status", "epochs_done", "seconds", "scores", "seeds")},
        "datasets": run.datasets(),
    }


def _row(run: Run) -> list[str]:
    manifest, val = run.manifest, run.manifest.scores.get("val")
    scores = (
        [*list(_headline(val).values())[:2], f"{val.dedup.accuracy:.3f}" if val.dedup else "unknown"]
        if val
        else ["not evaluated", "", ""]
    )
    names = [escape(text) for text in (run.name, manifest.model.name, run.dataset)]
    return [*names, f"{manifest.parameters:,}", f"{manifest.macs:,}", *scores, manifest.status]


def _markdown(scored: list[Run]) -> str:
    """Runs evaluated on val, the most accurate first of each dataset, as a table for a README."""
    heads = (
        "run",
        "dataset",
        "parameters",
        "multiply-adds",
        "val accuracy",
        "macro-F1",
        "accuracy without faces in train",
        "ECE",
        "mean of seeds",
    )
    lines = ["| " + " | ".join(heads) + " |", "| --- " * 2 + "| ---: " * 7 + "|"]
    for run in sorted(scored, key=lambda run: (run.dataset, -run.manifest.scores["val"].accuracy)):
        manifest, val = run.manifest, run.manifest.scores["val"]
        low, high = val.accuracy_interval
        cells = [
            run.name,
            run.dataset,
            f"{manifest.parameters:,}",
            f"{manifest.macs / 1e6:.1f}M",
            f"{val.accuracy:.1%} [{low:.1%}, {high:.1%}]",
            f"{val.macro_f1:.3f}",
            f"{val.dedup.accuracy:.1%}" if val.dedup else "unknown",
            f"{val.ece:.3f}",
            _of_seeds([seed.accuracy for seed in manifest.seeds]),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _of_seeds(accuracies: list[float]) -> str:
    return (
        f"{np.mean(accuracies):.1%} ± {100 * np.std(accuracies, ddof=1):.1f} ({len(accuracies)})"
        if len(accuracies) > 1
        else ""
    )
