"""What the scripts share: repeats, median and spread, the machine, claims, and how a report is printed.

works = {"ours": ours, "theirs": theirs}
seconds = alternate(works, repeats=5)  # ours, theirs, ours, theirs, ...
"""

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from ferkit.errors import FerkitError

__all__ = [
    "Claim",
    "Report",
    "Sample",
    "alternate",
    "combine",
    "machine",
    "ratios",
    "run",
    "show",
    "show_claims",
    "stopwatch",
]

WIDTH = 150  # columns of a table where the terminal's width is not known


@dataclass(frozen=True)
class Sample:
    """One quantity, measured several times."""

    what: str
    unit: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def as_dict(self) -> dict[str, Any]:
        spread = {"median": self.median, "min": min(self.values), "max": max(self.values)}
        return {"what": self.what, "unit": self.unit, **spread, "values": list(self.values)}


@dataclass(frozen=True)
class Claim:
    """A measured number against its limit: at most, or with `least` at least."""

    text: str
    measured: float
    limit: float
    unit: str
    least: bool = False

    @property
    def holds(self) -> bool:
        return self.measured >= self.limit if self.least else self.measured <= self.limit

    def as_dict(self) -> dict[str, Any]:
        bound = "at least" if self.least else "at most"
        return {
            "claim": self.text,
            "measured": self.measured,
            "bound": bound,
            "limit": self.limit,
            "unit": self.unit,
            "holds": self.holds,
        }


@dataclass(frozen=True)
class Report:
    """All that one script says."""

    name: str
    repeats: int
    samples: Sequence[Sample]
    claims: Sequence[Claim] = ()
    notes: Sequence[str] = ()  # what a reader must know to judge the numbers
    packages: Sequence[str] = ()  # whose versions matter

    def as_dict(self) -> dict[str, Any]:
        """Plain values: bench, machine, repeats, samples, claims, notes."""
        return {
            "bench": self.name,
            "machine": machine(self.packages),
            "repeats": self.repeats,
            "samples": [sample.as_dict() for sample in self.samples],
            "claims": [claim.as_dict() for claim in self.claims],
            "notes": list(self.notes),
        }


def machine(packages: Iterable[str] = ()) -> dict[str, Any]:
    """Processor, cores that may be used, Python and the versions of `packages`."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "cpu": _cpu(),
        "cores": cores,
        "python": platform.python_version(),
        **{name: _version(name) for name in packages},
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.is_file() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or platform.machine())


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def stopwatch(work: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def alternate(works: Mapping[str, Callable[[], object]], repeats: int, *, warm: bool = True) -> dict[str, list[float]]:
    """Seconds of each work, all of them in turn, `repeats` times over; with `warm` once before, unmeasured."""
    if warm:
        for work in works.values():
            work()
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(repeats):
        for name, work in works.items():
            seconds[name].append(stopwatch(work))
    return seconds


def combine(what: str, unit: str, values: Iterable[float]) -> Sample:
    """A Sample of any numbers."""
    return Sample(what, unit, tuple(values))


def ratios(what: str, times: Iterable[float], baseline: Iterable[float]) -> Sample:
    """baseline / times of each pair: how many times faster it is than the baseline."""
    return Sample(what, "x", tuple(b / a for a, b in zip(times, baseline, strict=True)))


def run(measure: Callable[..., Report], about: str | None, argv: Sequence[str] | None = None, **defaults: int) -> None:
    """A script's command line: --json, and one whole number per keyword of `measure` (--repeats among them); prints the
    report.

    A FerkitError ends it with one sentence and status 2.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", type=_count, default=default, metavar="N", help=f"{default} by default")
    options = vars(parser.parse_args(argv))
    as_json = options.pop("json")
    busy = round(os.getloadavg()[0], 2)  # a still machine has next to none
    try:
        report = measure(**options).as_dict()
    except FerkitError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    report["machine"]["load before"] = busy
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        show(report)
        show_claims(report["claims"])


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a number from 1, got {number}")
    return number


def show(report: Mapping[str, Any]) -> None:
    """Print the machine, the samples and the notes of a report, given as its `as_dict`."""
    console = _console()
    console.print(
        f"\n[bold]bench.{report['bench']}[/bold] · "
        + " · ".join(f"{key} {value}" for key, value in report["machine"].items())
    )
    table = Table(title=f"{report['repeats']} repeats", title_justify="left")
    table.add_column("what", overflow="fold")
    for column in ("median", "min", "max", "unit"):
        table.add_column(column, justify="left" if column == "unit" else "right", no_wrap=True)
    for sample in report["samples"]:
        table.add_row(sample["what"], *(_number(sample[key]) for key in ("median", "min", "max")), sample["unit"])
    console.print(table)
    for note in report["notes"]:
        console.print(f"- {note}", markup=False, highlight=False)


def show_claims(claims: Iterable[Mapping[str, Any]]) -> None:
    """Print claim, measured, limit, holds."""
    table = Table("claim", "measured", "limit", "holds", title="Claims", title_justify="left")
    for claim in claims:
        limit = f"{claim['bound']} {_number(claim['limit'])} {claim['unit']}"
        table.add_row(
            claim["claim"], f"{_number(claim['measured'])} {claim['unit']}", limit, "yes" if claim["holds"] else "NO"
        )
    _console().print(table)


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=WIDTH)
