"""Nearest training faces at the command line.  $ python -m ferkit nearest RUN"""

import json
from typing import Annotated

import typer
from rich.console import Console

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.cli.reporting import reporting
from ferkit.cli.text import cell

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `nearest` on the main app."""
    app.command()(report_errors(nearest))


def nearest(
    run: Annotated[str, typer.Argument(help="Name of a run.")],
    data: Annotated[str | None, typer.Option(help="Name of a dataset; the run's own by default.")] = None,
    split: Annotated[str, typer.Option(help="train, val, test or all; it must have been evaluated.")] = "val",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Find the training faces nearest to each face of an evaluated split.

    They are shown beside each face, and faces can be sorted by how far they are from all training faces. The images of
    the dataset that the run was trained on must be imported.
    """
    opened = runs.open_run(run)
    from ferkit.data import store
    from ferkit.evaluate.nearest_train import store_nearest

    trained_on = store.load(opened.dataset)
    with reporting("Reading the training faces") as report:
        found = store_nearest(opened, trained_on, split, data, report)
    path = opened.results(data).path / f"{split}-nearest.npz"
    n, k = found.rows.shape
    if as_json:
        about = {"run": run, "split": split, "n": n, "nearest": k, "train": found.n, "far": round(found.far, 4)}
        print(json.dumps(about | {"bytes": path.stat().st_size}))
        return
    Console().print(
        f"{cell(path.parent.name)}/{path.name} is written: {n:,} faces, the nearest {k} of {found.n:,} training faces "
        f"for each. 1% of the faces lie further than {found.far:.3f} from the last of these.",
        highlight=False,
        soft_wrap=True,
    )
