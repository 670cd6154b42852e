"""A report at the command line.  $ python -m ferkit report compact base-cnn --out report.html"""

from pathlib import Path
from typing import Annotated

import typer

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.text import printable

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `report` on the main app."""
    app.command()(report_errors(report))


def report(
    compared: Annotated[list[str], typer.Argument(help="Runs; the report is about the first.", metavar="RUN...")],
    split: Annotated[str, typer.Option(help="train, val, test or all.")] = "val",
    out: Annotated[
        Path, typer.Option(help="report.html, self-contained, or report.md with its figures in a folder.")
    ] = Path("report.html"),
    student: Annotated[bool, typer.Option("--student", help="Add questions, with lines to answer them on.")] = False,
) -> None:
    """Write a report on one or several runs, with figures and tables, for reading, printing and handing in."""
    opened = [runs.open_run(name) for name in dict.fromkeys(compared)]
    from ferkit.report.write import write  # after the runs are known to exist: matplotlib takes a second to import

    write(opened, split, out, student=student)
    print(f"{printable(str(out))} is written.")
