"""Failures on a million faces in Chromium: opened for the first time, then cells of its matrix clicked.

    $ python -m bench.gallery                       # two minutes; 3 GB of disk
    $ python -m bench.gallery --faces 20000 --repeats 3

The faces are few and repeated, the results are made up: a click costs the same whatever a cell holds. `bench.large`
does the same after it imported and evaluated as many.
"""

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import ROOT, made_up_results, subjects, timing
from bench.timing import Claim, Report, Sample, combine

__all__ = ["claims", "clicked", "main", "measure", "own"]

CLICK = 300.0  # milliseconds


def measure(repeats: int, faces: int) -> Report:
    """As many clicks as `repeats`, each on another cell off the diagonal."""
    with tempfile.TemporaryDirectory() as folder:
        environment = made_up_results.write(Path(folder), faces)
        choice = {"data": subjects.NAME, "split": made_up_results.SPLIT, "run": subjects.RECIPE}
        samples = clicked(environment, choice, faces, repeats)
    notes = ["A first click, which is not counted, warms up."]
    return Report("gallery", repeats, samples, claims(samples), notes, ("streamlit", "numpy", "pandas"))


def claims(samples: Sequence[Sample]) -> list[Claim]:
    """That a click takes at most `CLICK`."""
    return [Claim(one.what, one.median, CLICK, "ms") for one in samples if one.unit == "ms"]


def clicked(environment: Mapping[str, str], choice: Mapping[str, str], faces: int, clicks: int) -> list[Sample]:
    """Failures of that choice of data, split and run, opened; then as many cells clicked to their faces painted."""
    import psutil

    from bench import browser

    with (
        browser.chromium() as chromium,
        browser.serving(ROOT / "dashboard" / "app.py", environment) as server,
        browser.window(chromium) as page,
    ):
        opened = browser.arrived(page, f"{server.address}/failures?{urlencode(choice)}")
        page.locator(".face").first.wait_for()
        filled = _filled(page)
        times = [_click(page, filled[i % len(filled)]) for i in range(clicks + 1)][1:]  # the first one warms up
        (app,) = [child for child in psutil.Process().children() if "streamlit" in " ".join(child.cmdline())]
        memory = own(str(app.pid))
    return [
        combine(f"Failures opened for the first time, {faces:,} faces", "s", [opened]),
        combine(f"a cell clicked to its gallery painted, {faces:,} faces", "ms", times),
        combine("  memory of the app's own, at most", "MB", [memory]),
    ]


def _filled(page: Any) -> list[str]:
    """The cells off the diagonal that hold a face, as "true|predicted"."""
    cells = page.locator("[data-cell]").evaluate_all("all => all.map(one => [one.dataset.cell, one.innerText])")
    return [name for name, text in cells if _confused(name) and text.strip("0%. \n")]


def _confused(cell: str) -> bool:
    true, _, predicted = cell.partition("|")
    return bool(true and predicted and true != predicted)


def _click(page: Any, cell: str) -> float:
    from bench import browser

    return browser.refilled(page, page.locator(f'[data-cell="{cell}"]').click)[0]


def own(process: str = "self") -> float:
    """Memory of a process that no file backs, in MB; all of it where the system does not tell."""
    try:
        lines = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) * 1024 / 1e6
    except (OSError, StopIteration):
        import psutil

        return float(psutil.Process(os.getpid() if process == "self" else int(process)).memory_info().rss / 1e6)


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=10, faces=1_000_000)


if __name__ == "__main__":
    main()
