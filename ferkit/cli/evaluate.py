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

        told = score(opened, faces, split, maps=not no_maps, flip=flip, progress=tell)
    if as_json:
        print(json.dumps(told, ensure_ascii=False, allow_nan=False))
    else:
        _print_scores(Console(), told)


def runs(
    names: Annotated[list[str] | None, typer.Argument(help="Only these.", metavar="[RUN...]")] = None,
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print a Markdown table.")] = False,
) -> None:
    """List the runs there are, with their scores on val."""
    if strange := set(names or ()) - set(folders.names()):
        raise RunError(f"No run {', '.join(sorted(strange))}; there are {', '.join(folders.names()) or 'none'}.")
    found = [_described(name) for name in names or folders.names()]
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    if markdown:
        print(_markdown([one for one in found if one.get("scores", {}).get("val")]))
        return
    if not found:
        print("No run yet. Train one: python -m ferkit train --recipe base-cnn --data NAME")
        return
    table = Table()
    for i, name in enumerate(
        ("Run", "Model", "Dataset", "Parameters", "MACs", "Val accuracy", "Val macro-F1", "De-duplicated", "Status")
    ):
        table.add_column(name, justify="right" if 3 <= i < 8 else "left", overflow="fold")
    for one in found:
        table.add_row(*_row(one))
    console = Console()
    console.width = console.width if console.is_terminal else WIDE
    console.print(table)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f}"), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _print_scores(console: Console, told: dict[str, Any]) -> None:
    released, clean = _headline(told), _headline(told["dedup"])
    title = f"{escape(told['run'])} on {escape(told['data'])} {told['split']}"
    table = Table("Score", title=title)
    for name, n in (("as released", told["n"]), ("not in train", told["dedup"]["n"])):
        table.add_column(f"{name} ({n:,} faces)", justify="right")
    for name in released:
        table.add_row(name, released[name], clean[name])
    calibrated = told["calibrated"]
    table.add_row("top-2", f"{told['top2']:.3f}", "")
    for name, key in (("negative log-likelihood", "nll"), ("calibration error", "ece")):
        table.add_row(name, f"{told[key]:.3f}", "")
        table.add_row(f"… at temperature {calibrated['temperature']:.2f}", f"{calibrated[key]:.3f}", "")
    console.print(table)
    if flip := told.get("flip"):
        console.print(
            "Each face with its mirror image:",
            ", ".join(f"{name} {value}" for name, value in _headline(flip).items()) + ".",
        )
    classes = Table("Class", "Precision", "Recall", "F1", "Support")
    for name, row in told["per_class"].items():
        low, high = row["recall_interval"]
        found = f"{row['recall']:.3f} [{low:.3f}, {high:.3f}]"
        classes.add_row(escape(name), f"{row['precision']:.3f}", found, f"{row['f1']:.3f}", f"{row['support']:,}")
    console.print(classes)
    console.print(
        f"{told['parameters']:,} parameters, {told['macs']:,} multiply-adds, {told['seconds']:.1f} s.", highlight=False
    )


def _headline(scores: dict[str, Any]) -> dict[str, str]:
    """Accuracy and macro-F1 with their intervals, and balanced accuracy, in words."""
    told = {}
    for name, key in (("accuracy", "accuracy"), ("macro-F1", "macro_f1")):
        low, high = scores[f"{key}_interval"]
        told[name] = f"{scores[key]:.3f} [{low:.3f}, {high:.3f}]"
    return told | {"balanced accuracy": f"{scores['balanced_accuracy']:.3f}"}


def _described(name: str) -> dict[str, Any]:
    try:
        run = folders.open_run(name)
    except RunError as error:
        return {"run": name, "error": str(error)}
    meta = run.meta
    known = {key: meta.get(key) for key in ("parameters", "macs", "status", "epochs_done", "seconds")}
    return {
        "run": name,
        "model": meta["model"]["name"],
        "data": run.dataset,
        **known,
        "scores": run.results().scores,
        "seeds": meta.get("seeds", []),
        "datasets": run.datasets(),
    }


def _row(one: dict[str, Any]) -> list[str]:
    if "error" in one:
        return [escape(one["run"]), *[""] * 7, "unreadable"]
    val = one["scores"].get("val")
    numbers = ["" if one[key] is None else f"{one[key]:,}" for key in ("parameters", "macs")]
    scores = (
        [*list(_headline(val).values())[:2], f"{val['dedup']['accuracy']:.3f}"] if val else ["not evaluated", "", ""]
    )
    return [escape(one["run"]), escape(one["model"]), escape(one["data"]), *numbers, *scores, str(one["status"] or "")]


def _markdown(found: list[dict[str, Any]]) -> str:
    """The evaluated runs, the most accurate first of each dataset, as a table for a README."""
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
    for one in sorted(found, key=lambda one: (one["data"], -one["scores"]["val"]["accuracy"])):
        val = one["scores"]["val"]
        low, high = val["accuracy_interval"]
        cells = [
            one["run"],
            one["data"],
            f"{one['parameters']:,}",
            f"{one['macs'] / 1e6:.1f}M",
            f"{val['accuracy']:.1%} [{low:.1%}, {high:.1%}]",
        ]
        cells += [f"{val['macro_f1']:.3f}", f"{val['dedup']['accuracy']:.1%}", f"{val['calibrated']['ece']:.3f}"]
        cells.append(_of_seeds([seed["accuracy"] for seed in one["seeds"]]))
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _of_seeds(accuracies: list[float]) -> str:
    return (
        f"{np.mean(accuracies):.1%} ± {100 * np.std(accuracies, ddof=1):.1f} ({len(accuracies)})"
        if len(accuracies) > 1
        else ""
    )
