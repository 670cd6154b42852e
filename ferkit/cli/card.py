"""A model card at the command line.  $ python -m ferkit card compact --out README.md"""

from pathlib import Path
from typing import Annotated

import typer

from ferkit import files, runs
from ferkit.cli.errors import report_errors

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `card` on the main app."""
    app.command()(report_errors(card))


def card(
    run: Annotated[str, typer.Argument(help="Name of the run.")],
    out: Annotated[Path | None, typer.Option(help="File to write, such as README.md; the screen by default.")] = None,
) -> None:
    """Write a run's model card, as Hugging Face reads it: intended use, scores with intervals, limits, data."""
    opened = runs.open_run(run)
    from ferkit.report.card import card as text_of

    text = text_of(opened)
    if out is None:
        print(text)
        return
    with files.atomic_write(out) as partial:
        partial.write_text(text, "utf-8")
    print(f"{out} is written.")
