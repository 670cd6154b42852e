"""Soft labels at the command line.  $ python -m ferkit soft-labels teacher-0 teacher-1 --data fer2013 --out soft.csv"""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ferkit.cli.errors import report_errors
from ferkit.cli.reporting import reporting
from ferkit.cli.text import cell

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `soft-labels` on the main app."""
    app.command("soft-labels")(report_errors(soft_labels))


def soft_labels(
    teachers: Annotated[
        list[str], typer.Argument(help="Finished runs, and CSV files of soft labels.", metavar="RUN|FILE...")
    ],
    data: Annotated[str, typer.Option(help="Name of a dataset; its train split is read.")],
    out: Annotated[Path, typer.Option(help="The CSV file to write.")],
    views: Annotated[
        int, typer.Option(help="Augmented views of each face to read; 0: the face as it is.", min=0, max=1000)
    ] = 8,
    recipe: Annotated[str, typer.Option(help="Recipe by which the views are augmented.")] = "distilled",
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
) -> None:
    """Write what runs say of the training faces, their mean, as a file that others learn from: --set teacher=FILE."""
    from ferkit.data import store
    from ferkit.errors import ConfigError
    from ferkit.experiments.soft_labels import soft_labels as mean
    from ferkit.experiments.soft_labels import write_soft_labels
    from ferkit.train.config import from_recipe

    if out.suffix.lower() != ".csv":
        raise ConfigError(f"Soft labels are written as CSV: --out NAME.csv; got {out.name}.")
    if out.exists() and not force:
        raise ConfigError(f"There is a file {out} already. Give another --out or replace it (--force).")
    augment, faces = from_recipe(recipe).augment, store.load(data)
    with reporting("Reading the training faces") as report:
        probabilities = mean(teachers, faces, views=views, augment=augment, progress=report)
    write_soft_labels(out, faces, probabilities)
    agree, file = float((probabilities.argmax(1) == faces.split("train").labels).mean()), cell(str(out))
    Console().print(
        f"{file} is written: {len(probabilities):,} training faces; the label is the likeliest class of {agree:.1%}.\n"
        f"Learn from it: python -m ferkit train --recipe distilled-cpu --data {cell(data)} --set teacher={file}",
        highlight=False,
        soft_wrap=True,
    )
