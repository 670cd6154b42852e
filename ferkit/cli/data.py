"""Datasets at the command line.  $ python -m ferkit data import SOURCE | list | show NAME | diff A B | audit NAME"""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ferkit.cli.data_difference import as_plain, print_difference
from ferkit.cli.errors import report_errors
from ferkit.cli.reporting import reporting
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.data.importing import ImportReport, import_faces
from ferkit.errors import DataError
from ferkit.text import printable

__all__ = ["app"]

app = typer.Typer(help="Import, list, show, compare and audit datasets.", no_args_is_help=True)
NAMED = 10  # skipped files that are listed by name

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")]


@app.command("import")
@report_errors
def import_(
    source: Annotated[
        Path, typer.Argument(help="A zip, a .tar.gz, a folder train|val|test/<class>/... or <class>/..., or a CSV.")
    ],
    name: Annotated[str | None, typer.Option(help="Name of the dataset; the source's own by default.")] = None,
    votes: Annotated[Path | None, typer.Option(help="A CSV of crowd votes in FER+'s format.")] = None,
    size: Annotated[int | None, typer.Option(help="Resize to this many pixels a side.")] = None,
    subset: Annotated[float, typer.Option(help="Share of every split to keep.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Seed for drawn splits and subsets.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Replace a dataset of that name.")] = False,
) -> None:
    """Read a source and store it as a dataset."""
    name = name or store.suggest(source.resolve().name)
    with reporting(f"Reading {source.name}") as progress:
        report = import_faces(
            source, name, votes=votes, size=size, subset=subset, seed=seed, replace=force, progress=progress
        )
    console = Console()
    _print_faces(console, report.faces)
    _print_report(console, report)


@app.command("list")
@report_errors
def list_(as_json: Json = False) -> None:
    """List the datasets there are."""
    rows = [_described(name) for name in store.names()]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    if not rows:
        print("No dataset yet. Import one: python -m ferkit data import SOURCE")
        return
    table = Table("Dataset", "Size", "Classes", "Train", "Val", "Test", "Votes")
    for row in rows:
        if "error" in row:
            table.add_row(escape(row["name"]), "unreadable", *[""] * 5)
            continue
        totals = (sum(row["counts"].get(split, {}).values()) for split in ("train", "val", "test"))
        votes = "yes" if row["votes"] else "no"
        shape = _shape(row["size"], row["channels"])
        table.add_row(escape(row["name"]), shape, str(len(row["classes"])), *map(_number, totals), votes)
    console = Console()
    console.print(table)
    for row in rows:
        if "error" in row:
            console.print(escape(printable(row["error"])), highlight=False, soft_wrap=True)


@app.command()
@report_errors
def show(name: str, as_json: Json = False) -> None:
    """Show one dataset: faces per class and split, size, duplicates."""
    if as_json:
        print(json.dumps(store.describe(name), ensure_ascii=False))
    else:
        _print_faces(Console(), store.load(name))


@app.command()
@report_errors
def diff(first: str, second: str, as_json: Json = False) -> None:
    """Compare two datasets face by face: which are only in one, which have another label or split."""
    from ferkit.data.difference import difference

    found = difference(store.load(first), store.load(second))
    if as_json:
        print(json.dumps(as_plain(found), ensure_ascii=False))
    else:
        print_difference(Console(), found)


@app.command()
@report_errors
def audit(name: str, as_json: Json = False) -> None:
    """Measure every face of a dataset, find duplicates and image issues, and store it all beside the dataset."""
    from ferkit.audit import store as audits
    from ferkit.audit.summary import sentences, summary

    faces = store.load(name)
    with reporting(f"Auditing {name}") as progress:
        table = audits.audit(faces, progress)
    path = audits.save(faces, table)
    counts = summary(faces, table)
    if as_json:
        print(json.dumps(counts | {"path": str(path)}, ensure_ascii=False))
        return
    for line in [*sentences(counts), f"Stored as {path}"]:
        Console().print(escape(printable(line)), highlight=False, soft_wrap=True)


def _described(name: str) -> dict:
    try:
        return store.describe(name)
    except DataError as error:
        return {"name": name, "error": str(error)}


def _print_faces(console: Console, faces: Faces) -> None:
    counts = faces.counts()
    shape = _shape(faces.size, faces.channels)
    title = f"{escape(faces.name)}: {len(faces):,} faces, {shape}, {len(faces.classes)} classes"
    table = Table("Class", show_footer=True)
    table.columns[0].footer = "all"
    for split, per_class in counts.items():
        table.add_column(split, _number(sum(per_class.values())), justify="right")
    table.add_column("all", _number(len(faces)), justify="right")
    for label in faces.classes:
        row = [per_class[label] for per_class in counts.values()]
        table.add_row(escape(label), *map(_number, row), _number(sum(row)))
    console.print(title, highlight=False, soft_wrap=True)
    console.print(table)
    duplicates = ", ".join(f"{count:,} {what}" for what, count in faces.duplicates().items())
    console.print(f"Pixel-identical faces: {duplicates or 'none'}.", highlight=False, soft_wrap=True)
    if faces.votes is not None:
        console.print(f"Votes for: {escape(', '.join(faces.vote_names))}.", highlight=False, soft_wrap=True)
    fingerprint = f"Fingerprint {faces.fingerprint}, as stored with every run that is trained on these faces."
    console.print(escape(printable(fingerprint)), highlight=False, soft_wrap=True)


def _print_report(console: Console, report: ImportReport) -> None:
    for note in report.notes:
        console.print(escape(note), highlight=False, soft_wrap=True)
    if report.skipped:
        files = "1 file" if len(report.skipped) == 1 else f"{len(report.skipped):,} files"
        console.print(f"Skipped: {files}.", highlight=False)
        for skipped in report.skipped[:NAMED]:
            console.print(f"  {escape(skipped.name)}: {escape(skipped.reason)}", highlight=False, soft_wrap=True)
        if (more := len(report.skipped) - NAMED) > 0:
            console.print(f"  and {more:,} more.", highlight=False)
    console.print(f"Stored as {escape(str(report.path))}", highlight=False, soft_wrap=True)


def _shape(size: int, channels: int) -> str:
    return f"{size}x{size} {'gray' if channels == 1 else 'colour'}"


def _number(count: int) -> str:
    return f"{count:,}"
