"""Runs as files for other programs, at the command line.  $ python -m ferkit export compact"""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs
from ferkit.cli.bar import progress_bar
from ferkit.cli.errors import report_errors
from ferkit.cli.export_page import export_page
from ferkit.cli.text import cell
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.deploy.formats import FORMATS, chosen
from ferkit.deploy.record import Deployment, Exported
from ferkit.deploy.sentences import kilobytes, loss
from ferkit.errors import ConfigError
from ferkit.runs import Run

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Mount `export` on the main app."""
    app.command()(report_errors(export))


def export(
    run: Annotated[str, typer.Argument(help="Name of a run.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help=f"One of {', '.join(FORMATS)}; may be repeated. All by default."),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(help="Dataset to calibrate int8 on and to score; the run's own by default, where it is here."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; the run folder by default, RUN-web for a page.")
    ] = None,
    web: Annotated[
        bool, typer.Option("--web", help="Write a static web page that reads faces in the visitor's own browser.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Write a run as ONNX in float32, float16 and int8 and as an ExportedProgram, and measure what each loses.

    uint8 faces go in; logits, calibrated probabilities and class maps come out. What each file weighs and loses is
    stored in the run's deploy.json. With --web: one folder for any static host.
    """
    if web:
        if formats or data:
            raise ConfigError("A web page holds the float32 model alone. Leave --format and --data out.")
        export_page(run, out, as_json)
        return
    opened, names = runs.open_run(run), [one.name for one in chosen(formats or ())]
    from ferkit.deploy.export import export as write

    faces = _faces(opened, data)
    with progress_bar() as bar:
        task = bar.add_task("Exporting", total=None)

        def progress(name: str, done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, description=f"Exporting: {name}" if name else "Exporting")

        stored = write(opened, faces, names, out, progress)
    if as_json:
        print(json.dumps({"run": opened.name, **stored.model_dump(mode="json")}, ensure_ascii=False))
    else:
        _print(Console(), opened, stored, names, out or opened.path)


def _faces(run: Run, data: str | None) -> Faces | None:
    """The dataset that was asked for; the run's own where it is here."""
    if data is None and not store.path_of(run.dataset).is_file():
        return None
    return store.load(data or run.dataset)


def _print(console: Console, run: Run, stored: Deployment, names: list[str], folder: Path) -> None:
    made = {name: one for name, one in stored.formats.items() if name in names}
    scored = stored.pytorch is not None
    title = f"{cell(run.name)}" + (f", {stored.pytorch.n:,} faces of {cell(stored.data)} val" if stored.pytorch else "")
    table = Table("Format", title=title)
    for column in ("Size", *(("Accuracy", "Against PyTorch", "Answers changed") if scored else ())):
        table.add_column(column, justify="right")
    for name, one in made.items():
        table.add_row(name, kilobytes(one.bytes), *(_lost(one) if scored else ()))
    console.print(table)
    for name, why in stored.refused.items():
        if name in names:
            console.print(f"{name}: {why}", markup=False, highlight=False, soft_wrap=True)
    for sentence in _notes(stored, made, scored=scored):
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    written = ", ".join(one.file for one in made.values())
    console.print(f"Written to {folder}/: {written}.", markup=False, highlight=False, soft_wrap=True)


def _lost(one: Exported) -> tuple[str, str, str]:
    if one.lost is None:
        return "", "", ""
    return f"{one.lost.scores.accuracy:.1%}", loss(one.lost), f"{len(one.lost.flips):,}"


def _notes(stored: Deployment, made: dict[str, Exported], *, scored: bool) -> list[str]:
    notes = [f"int8 is calibrated on {one.calibration}." for one in made.values() if one.calibration]
    if not scored:
        notes.append("Its dataset is not here, so what the formats lose was not measured (--data NAME).")
    if not stored.explains:
        notes.append("Class maps are left out: the network does not end in a global average and one linear layer.")
    return notes
