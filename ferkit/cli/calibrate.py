"""Calibration at the command line.  $ python -m ferkit calibrate compact"""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.errors import DataError

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `calibrate` on the main app."""
    app.command()(report_errors(calibrate))


def calibrate(
    run: Annotated[str, typer.Argument(help="Name of a run that was scored on its own val.")],
    folds: Annotated[int, typer.Option(min=2, help="Of the cross-validation.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of the folds.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Fit a logit adjustment and a temperature on val, and score them by cross-validation."""
    opened = runs.open_run(run)
    from ferkit.evaluate import calibration
    from ferkit.evaluate.logit_adjustment import prior

    results = opened.results()
    true, logits = results.predictions("val")["label"].to_numpy().astype("int64"), results.logits("val")
    counts = opened.manifest.data.counts.get("train")
    if not counts:
        raise DataError(f"{opened.name} does not say how many faces of each class it was trained on. Train it again.")
    shares = prior(counts, opened.classes)
    rows = []
    for name, taus in (("temperature", (0.0,)), ("temperature and tau", calibration.TAUS)):
        scores = calibration.cross_validate(logits, true, shares, taus, folds, seed)
        fitted = calibration.fit(logits, true, shares, taus)
        recall = dict(zip(opened.classes, scores.recall.tolist(), strict=True))
        rows.append({
            "fitted": name, "tau": fitted.tau, "temperature": fitted.temperature, "accuracy": scores.accuracy,
            "macro_f1": scores.macro_f1, "ece": scores.ece, "nll": scores.nll, "recall": recall,
        })  # fmt: skip
    if as_json:
        print(json.dumps({"run": opened.name, "folds": folds, "seed": seed, "calibrations": rows}))
    else:
        _print(opened.name, rows, folds)


def _print(name: str, rows: list[dict[str, Any]], folds: int) -> None:
    table = Table("", title=f"{escape(name)}, {folds} folds of val, each read as the others were calibrated")
    for row in rows:
        table.add_column(row["fitted"], justify="right")
    for key, digits in (("accuracy", 4), ("macro_f1", 3), ("ece", 3), ("nll", 3)):
        table.add_row(key, *(f"{row[key]:.{digits}f}" for row in rows))
    for label in rows[0]["recall"]:
        table.add_row(f"recall of {escape(label)}", *(f"{row['recall'][label]:.3f}" for row in rows))
    table.add_section()
    table.add_row("tau, all of val", *(f"{row['tau']:.2f}" for row in rows))
    table.add_row("temperature, all of val", *(f"{row['temperature']:.3f}" for row in rows))
    Console().print(table)
