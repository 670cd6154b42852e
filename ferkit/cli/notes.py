"""Notes on faces at the command line.  $ python -m ferkit notes list NAME | export NAME FILE | import NAME FILE"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ferkit import files
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell
from ferkit.data import notes, notes_csv, store
from ferkit.errors import DataError

__all__ = ["app"]

app = typer.Typer(help="List, export and import the notes on a dataset's faces.", no_args_is_help=True)
LARGEST = 64 << 20  # bytes of a CSV
SHORT = 60  # characters of a text in a table

Name = Annotated[str, typer.Argument(help="Name of a dataset.")]


@app.command("list")
@report_errors
def list_(name: Name, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value.")] = False) -> None:
    """List the notes on a dataset, the latest first."""
    kept = _read(name).values()
    if as_json:
        print(json.dumps([asdict(note) for note in kept], ensure_ascii=False))
        return
    if not kept:
        print(f"No notes on {name} yet. They are written beside a face in the dashboard, or imported from a CSV.")
        return
    table = Table("Face", "Mark", "Label", "Tag", "Text", "By", "Changed")
    for note in kept:
        text = " ".join(note.text.split())
        short = text if len(text) <= SHORT else text[: SHORT - 1] + "…"
        row = (note.face, note.mark, note.label, note.tag, short, note.author, note.changed[:16].replace("T", " "))
        table.add_row(*map(cell, row))
    Console().print(table)


@app.command("export")
@report_errors
def export(name: Name, file: Annotated[Path, typer.Argument(help="A CSV to write; - for standard output.")]) -> None:
    """Write the notes on a dataset as CSV, which `train --corrections` reads too."""
    kept = _read(name)
    content = notes_csv.as_csv(kept.values())
    if str(file) == "-":
        sys.stdout.write(content)
        return
    with files.atomic_write(file) as partial:
        partial.write_text(content, encoding="utf-8", newline="")
    Console().print(f"{_count(len(kept))} written to {cell(file)}.", highlight=False, soft_wrap=True)


@app.command("import")
@report_errors
def import_(name: Name, file: Annotated[Path, typer.Argument(help="A CSV with a column id and others.")]) -> None:
    """Read notes from a CSV, all of them or none; each takes the place of the one its face had."""
    faces = store.load(name)
    content = files.read_bytes(file, LARGEST, "a CSV of notes", DataError)
    given = notes_csv.from_csv(content, faces)
    notes.write(name, *given, classes=faces.classes)
    Console().print(f"{_count(len(given))} imported for {cell(name)}.", highlight=False, soft_wrap=True)


def _read(name: str) -> dict[str, notes.Note]:
    """The notes; a dataset that is not here and has none is a mistake in its name."""
    kept = notes.read(name)
    if not kept and name not in store.names():
        store.load(name)  # says which datasets there are
    return kept


def _count(n: int) -> str:
    return "1 note" if n == 1 else f"{n:,} notes"
