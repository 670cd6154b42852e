"""What was predicted, at the command line.  $ python -m ferkit monitor reference RUN | drift RUN"""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ferkit import runs
from ferkit.cli.errors import report_errors
from ferkit.cli.text import cell
from ferkit.errors import ConfigError, RunError

__all__ = ["app"]

app = typer.Typer(help="Compare what was predicted with what a run was chosen on.", no_args_is_help=True)


@app.command()
@report_errors
def reference(
    run: Annotated[str, typer.Argument(help="Name of the run.")],
) -> None:
    """Measure the val faces of a run's dataset and store how they look to it, for `drift` and the Monitor page."""
    from ferkit.data import store
    from ferkit.monitor.reference import FILE, make

    opened = runs.open_run(run)
    found = make(opened, store.load(opened.dataset))
    print(f"{opened.name}/{FILE} holds {found.n:,} faces.")


@app.command()
@report_errors
def drift(
    run: Annotated[str, typer.Argument(help="Name of the run.")],
    days: Annotated[float, typer.Option(min=0.001, help="How far back the log is read.")] = 7.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else.")] = False,
) -> None:
    """Test the logged faces of a run against its reference; exits with 1 on an alarm."""
    from ferkit.monitor.drift import LEAST
    from ferkit.monitor.drift import drift as tested
    from ferkit.monitor.reference import read
    from ferkit.monitor.store import VARIABLE, opened

    store, run_ = opened(), runs.open_run(run)
    if store is None:
        raise ConfigError(
            f"Nothing is logged: {VARIABLE} names no database. Set it to a file or an SQLAlchemy address."
        )
    if (expected := read(run_)) is None:
        raise RunError(f"{run} has no reference yet. Make it: python -m ferkit monitor reference {run}")
    log = store.read(timedelta(days=days))
    found = tested(log[log["run"] == run], expected)
    store.close()
    if as_json:
        print(json.dumps([asdict(one) | {"alarm": one.alarm} for one in found]))
    elif not found:
        print(f"Fewer than {LEAST} faces of {run} were logged in {days:g} days: nothing to test yet.")
    else:
        table = Table("Measure", "Faces", "Reference", "Log", "Distance", "p", "Alarm")
        for one in found:
            medians = ["" if value is None else f"{value:.3f}" for value in (one.before, one.now)]
            numbers = [f"{one.n:,}", *medians, f"{one.distance:.2f}", f"{one.p:.2g}"]
            table.add_row(one.measure, *numbers, "yes" if one.alarm else "no")
        Console().print(table)
        for one in found:
            if one.detail:
                print(cell(f"{one.measure}: {one.detail}"))
    if any(one.alarm for one in found):
        raise typer.Exit(1)


@app.command()
@report_errors
def forget(
    days: Annotated[float, typer.Option(min=0, help="What is older than so many days is removed; 0 is everything.")],
    pictures: Annotated[bool, typer.Option("--pictures", help="Only the pictures; their rows stay.")] = False,
) -> None:
    """Remove old rows of the log with their pictures, or the pictures alone."""
    from ferkit.monitor.store import VARIABLE, opened

    store = opened()
    if store is None:
        raise ConfigError(f"Nothing is logged: {VARIABLE} names no database.")
    before = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=days)
    removed = store.forget_pictures(before) if pictures else store.forget(before)
    store.close()
    what = "picture" if pictures else "row"
    print(f"{removed:,} {what}{'' if removed == 1 else 's'} {'was' if removed == 1 else 'were'} removed.")
