"""How fast runs are, at the command line.  $ python -m ferkit bench compact compact-tiny"""

import json
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs
from ferkit.cli.bar import progress_bar
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell
from ferkit.deploy.engines import ENGINES, engines
from ferkit.deploy.record import Deployment, Machine
from ferkit.deploy.speed import COLUMNS, claims, machine_line, markdown, rows
from ferkit.runs import Run

__all__ = ["register"]

WIDTH = 170  # columns, where the tables go into a file or a pipe


def register(app: typer.Typer) -> None:
    """Mount `bench` on the main app."""
    app.command()(report_errors(bench))


def bench(
    names: Annotated[list[str] | None, typer.Argument(help="Runs; all that were exported by default.")] = None,
    engine: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(ENGINES)}; may be repeated. All by default."),
    ] = None,
    seconds: Annotated[float, typer.Option(min=0.01, max=60, help="For which each batch size is timed.")] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print one table of all runs for a document.")
    ] = False,
) -> None:
    """Measure size, latency and memory of runs in PyTorch, torch.compile, ONNX Runtime, OpenVINO, and store them.

    Batches of 1, 32 and 256 faces on 1 and 2 threads, each engine in a process of its own, beside the peak of this
    machine. ONNX files that are missing are exported for the moment.
    """
    opened, wanted = [runs.open_run(name) for name in names or _exported()], engines(engine or ())
    from ferkit.deploy.bench import measure, this_machine

    measured: dict[str, Deployment] = {}
    left_out: dict[str, dict[str, str]] = {}
    with progress_bar() as bar:
        task = bar.add_task("Measuring this machine", total=None)
        where = this_machine(seconds=seconds)
        for run in opened:
            bar.update(task, description=f"Exporting {run.name}")

            def progress(title: str, done: int, total: int, name: str = run.name) -> None:
                bar.update(task, completed=done, total=total, description=f"Timing {name}: {title}")

            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                _export_missing(run, [one.format for one in wanted if one.format], folder)
                measured[run.name], left_out[run.name] = measure(
                    run, wanted, where, seconds=seconds, progress=progress, folder=folder
                )
    if as_json:
        reports = {name: one.model_dump(mode="json") for name, one in measured.items()}
        print(json.dumps({"runs": reports, "left_out": left_out}, ensure_ascii=False))
    elif as_markdown:
        many = "Times are medians per batch; those of 32 and 256 faces on two threads."
        print(f"{markdown(measured)}\n\n{machine_line(where)} {many}")
        _explain(Console(stderr=True), left_out)
    else:
        console = Console()
        console.width = console.width if console.is_terminal else WIDTH
        _print(console, measured, left_out, where)


def _exported() -> list[str]:
    """The runs with a deploy.json and weights."""
    opened = (runs.open_run(name) for name in runs.names())
    return [run.name for run in opened if (run.path / "deploy.json").is_file() and run.weights.is_file()]


def _export_missing(run: Run, formats: list[str], folder: Path) -> None:
    """Into `folder`: how fast a file is does not depend on the faces it was calibrated on."""
    from ferkit.deploy.export import export
    from ferkit.deploy.formats import FORMATS

    missing = [name for name in dict.fromkeys(formats) if not (run.path / FORMATS[name].file).is_file()]
    if missing:
        export(run, None, missing, folder, store=False)


def _print(
    console: Console, measured: dict[str, Deployment], left_out: dict[str, dict[str, str]], where: Machine
) -> None:
    for name, one in measured.items():
        size = f"{one.parameters:,} parameters, {one.macs:,} multiply-adds"
        table = Table(title=f"{cell(name)}: {size}")
        for i, column in enumerate(COLUMNS):
            table.add_column(column, justify="right" if i else "left")
        for row in rows(one):
            table.add_row(*row)
        console.print(table)
        for sentence in claims(one):
            console.print(sentence, markup=False, highlight=False, soft_wrap=True)
        _explain(console, {name: left_out[name]})
    console.print(
        f"{machine_line(where)} Times are p50 / p95 per batch, in milliseconds.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _explain(console: Console, left_out: dict[str, dict[str, str]]) -> None:
    """Which engines were left out, and why."""
    for name, reasons in left_out.items():
        for engine, why in reasons.items():
            sentence = f"{name}: left out {ENGINES[engine].title} ({why})."
            console.print(sentence, markup=False, highlight=False, soft_wrap=True)
