"""Calibration at the command line.  $ python -m ferkit calibrate compact --store compact-fair"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell
from ferkit.errors import ConfigError, DataError

if TYPE_CHECKING:
    from ferkit.evaluate.calibration import Calibration, CrossValidation
    from ferkit.runs import Run

__all__ = ["register"]

Row = tuple[str, "Calibration", "CrossValidation"]  # what is fitted, on all of val, and its held-out scores
OFFSETS = "temperature and class offsets"


def register(app: typer.Typer) -> None:
    """Mount `calibrate` on the main app."""
    app.command()(report_errors(calibrate))


def calibrate(
    run: Annotated[str, typer.Argument(help="Name of a run that was scored on its own val.")],
    store: Annotated[
        str, typer.Option(metavar="NAME", help="Write the run with the class offsets in its weights, and score it.")
    ] = "",
    logit_adjustment: Annotated[
        bool, typer.Option("--logit-adjustment", help="Store the logit adjustment, -tau log(share), as the offsets.")
    ] = False,
    cost: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share of accuracy to give up: 0.003 for class offsets, 0.005 for tau."),
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Of the cross-validation.")] = 5,
    seed: Annotated[int, typer.Option(min=0, help="Of the folds.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace a run of the name NAME, which may be RUN.")] = False,
    no_map: Annotated[bool, typer.Option("--no-map", help="Do not draw the map after scoring.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Fit a logit adjustment, class offsets and a temperature on val, score them by cross-validation, and store the run
    with its class offsets, or that adjustment, where --store names one. Offsets that the run has already are undone
    first."""
    if logit_adjustment and not store:
        raise ConfigError("--logit-adjustment says what --store NAME writes. Give both, or neither to see the scores.")
    opened = runs.open_run(run)
    from ferkit.experiments import class_offsets

    class_offsets.check(opened, store, force=force)
    rows = _rows(opened, cost, folds, seed)
    row = rows[1] if logit_adjustment else rows[2]
    if store and logit_adjustment and not row[1].tau:
        raise DataError(
            f"On val no logit adjustment of {opened.name} has a better macro-F1 than none: nothing to store."
        )
    if as_json:
        values = [_values(opened.classes, *row) for row in rows]
        print(json.dumps({"run": opened.name, "folds": folds, "seed": seed, "calibrations": values}))
    else:
        _print(opened, rows, folds)
    if store:
        _store(opened, store, rows[0], row, Console(stderr=as_json), force=force, maps=not no_map)


def _rows(run: "Run", cost: float | None, folds: int, seed: int) -> list[Row]:
    from ferkit.evaluate import calibration
    from ferkit.evaluate.class_offsets import COST
    from ferkit.evaluate.logit_adjustment import prior, stored_offsets

    results = run.results()
    true = results.predictions("val")["label"].to_numpy().astype("int64")
    logits = results.logits("val") - stored_offsets(run, run.classes)
    counts = run.manifest.data.counts.get("train")
    if not counts:
        raise DataError(f"{run.name} does not say how many faces of each class it was trained on. Train it again.")
    shares = prior(counts, run.classes)
    rows: list[Row] = []
    largest = calibration.LARGEST_COST if cost is None else cost
    for name, taus in (("temperature", (0.0,)), ("temperature and tau", calibration.TAUS)):
        fitted = calibration.fit(logits, true, shares, taus, largest)
        rows.append((name, fitted, calibration.cross_validate(logits, true, shares, taus, folds, seed, largest)))
    most = COST if cost is None else cost
    scores = calibration.cross_validate_offsets(logits, true, folds, seed, most)
    return [*rows, (OFFSETS, calibration.fit_offsets(logits, true, most), scores)]


def _store(run: "Run", name: str, plain: Row, row: Row, console: Console, *, force: bool, maps: bool) -> None:
    from ferkit.cli.scoring import score_on_val
    from ferkit.data import store
    from ferkit.experiments.class_offsets import described, with_offsets

    faces = store.load(run.dataset)
    (_, _, without), (_, fitted, held_out) = plain, row
    stored = with_offsets(run, name, described(run, fitted, held_out, without), force=force)
    score_on_val(console, stored, faces, maps=maps)


def _values(classes: Sequence[str], name: str, fitted: "Calibration", scores: "CrossValidation") -> dict[str, Any]:
    return {
        "fitted": name, "tau": fitted.tau, **fitted.temperature.fields, "cost": fitted.cost,
        "offsets": dict(zip(classes, fitted.offsets, strict=True)),
        "accuracy": scores.accuracy, "macro_f1": scores.macro_f1, "g_mean": scores.g_mean,
        "ece": scores.ece, "nll": scores.nll, "recall": dict(zip(classes, scores.recall.tolist(), strict=True)),
    }  # fmt: skip


def _print(run: "Run", rows: Sequence[Row], folds: int) -> None:
    columns = [_values(run.classes, *row) for row in rows]
    table = Table("", title=f"{cell(run.name)}, {folds} folds of val, each read as the others were calibrated")
    for column in columns:
        table.add_column(column["fitted"], justify="right")
    for key, digits in (("accuracy", 4), ("macro_f1", 3), ("g_mean", 3), ("ece", 3), ("nll", 3)):
        table.add_row(key, *(f"{column[key]:.{digits}f}" for column in columns))
    for label in run.classes:
        table.add_row(f"recall of {cell(label)}", *(f"{column['recall'][label]:.3f}" for column in columns))
    table.add_section()
    table.add_row("tau, all of val", *(f"{column['tau']:.2f}" for column in columns))
    table.add_row("temperature, all of val", *(f"{column['temperature']:.3f}" for column in columns))
    table.add_row("temperature slope, all of val", *(f"{column['temperature_slope']:+.3f}" for column in columns))
    for label in run.classes:
        table.add_row(
            f"offset of {cell(label)}, all of val", *(f"{column['offsets'][label]:+.2f}" for column in columns)
        )
    Console().print(table)
