"""Corrupted faces at the command line.  $ python -m ferkit robustness compact --split val"""

import json
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.progress import TimeRemainingColumn
from rich.table import Table

from ferkit import runs
from ferkit.cli.bar import progress_bar
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell
from ferkit.runs.robustness import corrupted_accuracy, single

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `robustness` on the main app."""
    app.command()(report_errors(robustness))


def robustness(
    run: Annotated[str, typer.Argument(help="Name of a run.")],
    data: Annotated[str | None, typer.Option(help="Name of a dataset; the run's own by default.")] = None,
    split: Annotated[str, typer.Option(help="train, val, test or all.")] = "val",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Score a run on corrupted faces, in five strengths of each kind, and store what the pages show of it.

    Noise, blur, darkness, contrast, JPEG, few pixels, covered eyes and mouth, roll, scale.
    """
    opened = runs.open_run(run)
    from ferkit.data import store
    from ferkit.evaluate.robustness import robustness as score

    faces = store.load(data or opened.dataset)
    with progress_bar(time=TimeRemainingColumn()) as bar:
        task = bar.add_task("Scoring corrupted faces", total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=f"Scoring: {name}")

        table = score(opened, faces, split, progress=progress)
    place = opened.results(faces.name).path / f"{split}-robustness.parquet"
    if as_json:
        print(json.dumps({"run": opened.name, "stored": str(place), **_report(table)}, ensure_ascii=False))
    else:
        _print(Console(), f"{cell(opened.name)} on {cell(faces.name)} {split}", table)
        Console().print(f"Stored in {cell(str(place))}.", highlight=False, soft_wrap=True)


def _report(table: pd.DataFrame) -> dict[str, Any]:
    """The faces as released and the twelve single corruptions by name, their mean, and every kind and strength."""
    from ferkit.evaluate.corruption import CLEAN, CORRUPTIONS
    from ferkit.evaluate.strengths import KINDS

    named = {KINDS[row["kind"]].single: row for row in _rows(single(table))} | {CLEAN: _rows(table)[0]}
    scores = [{"corruption": name, **_scores(named[name])} for name in (CLEAN, *CORRUPTIONS)]
    return {"mean_accuracy": corrupted_accuracy(table), "scores": scores, "strengths": _rows(table)}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return rows


def _scores(row: dict[str, Any]) -> dict[str, Any]:
    recall = [value for name, value in row.items() if name.startswith("recall ")]
    interval = [row["accuracy_low"], row["accuracy_high"]]
    return {
        "n": row["n"],
        "accuracy": row["accuracy"],
        "accuracy_interval": interval,
        "macro_f1": row["macro_f1"],
        "recall": recall,
    }


def _print(console: Console, title: str, table: pd.DataFrame) -> None:
    """Accuracy by kind and strength, and the class that loses most recall at the strongest."""
    released = table[table["strength"] == 0].iloc[0]
    shown = Table("Accuracy", title=f"{title}, {released['n']:,} faces, {released['accuracy']:.1%} as released")
    for strength in range(1, 6):
        shown.add_column(str(strength), justify="right")
    shown.add_column("most affected at 5")
    recall = [name for name in table.columns if name.startswith("recall ")]
    for kind, rows in table[table["strength"] > 0].groupby("kind", sort=False):
        lost = (rows.iloc[-1][recall] - released[recall]).astype(float)
        worst = f"{cell(str(lost.idxmin()).removeprefix('recall '))} {100 * lost.min():+.0f}".replace("-", "−")
        shown.add_row(str(kind), *(f"{value:.1%}" for value in rows["accuracy"]), worst)
    console.print(shown)
    mean = corrupted_accuracy(table)
    console.print(f"Mean of the twelve single corruptions (strength 3): {mean:.1%}.", highlight=False)
