"""Corrupted faces at the command line.  $ python -m ferkit robustness compact --split val"""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ferkit import runs
from ferkit.cli.errors import report_errors

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
    """Score a run on corrupted faces: blur, noise, JPEG, light, few pixels, covered eyes and mouth."""
    opened = runs.open_run(run)
    from ferkit.data import store
    from ferkit.evaluate.corruption import corruption_scores, mean_accuracy
    from ferkit.predict.classifier import Classifier

    part = store.load(data or opened.dataset).split(split)
    classifier, console = Classifier.open(opened), Console()
    with Console(stderr=True).status("Scoring …") as status:
        scores = corruption_scores(classifier, part, progress=lambda name, done, n: status.update(f"Scoring {name} …"))
    mean = mean_accuracy(scores)
    if as_json:
        print(json.dumps({"run": opened.name, "mean_accuracy": mean, "scores": [asdict(score) for score in scores]}))
        return
    table = Table("Faces", title=f"{escape(opened.name)} on {escape(part.name)} {split}, {len(part):,} faces")
    for name in ("Accuracy", "95% interval", "Macro-F1"):
        table.add_column(name, justify="right")
    for score in scores:
        low, high = score.accuracy_interval
        table.add_row(score.corruption, f"{score.accuracy:.1%}", f"{low:.1%}–{high:.1%}", f"{score.macro_f1:.3f}")
    table.add_section()
    table.add_row("mean of the corrupted", f"{mean:.1%}", "", "")
    console.print(table)
