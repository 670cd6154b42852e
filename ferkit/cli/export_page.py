"""A run as a static web page, at the command line.  $ python -m ferkit export compact --web"""

import json
from pathlib import Path

from rich.console import Console

from ferkit import runs
from ferkit.deploy.runtime import find_runtime
from ferkit.report.web_card import web_card
from ferkit.report.web_means import web_means

__all__ = ["export_page"]

BUDGET = 6_000_000  # bytes: more makes a visitor on a phone wait


def export_page(run: str, out: Path | None, as_json: bool) -> None:
    """Write the page of a run, RUN-web by default, and say what a visitor has to fetch."""
    opened, package = runs.open_run(run), find_runtime()
    from ferkit.deploy.web_page import write_page

    means = web_means(opened)
    page = write_page(
        opened, web_card(opened, means), out or Path(f"{opened.name}-web"), package, means.files if means else {}
    )
    if as_json:
        report = {"run": opened.name, "path": str(page.path), "bytes": page.bytes, "compressed": page.compressed}
        print(json.dumps(report, ensure_ascii=False))
        return
    say = Console().print
    size, packed = page.bytes / 1e6, page.compressed / 1e6
    lines = [f"Written to {page.path}/: {size:.1f} MB to fetch, {packed:.1f} MB from a host that compresses."]
    if page.bytes > BUDGET:
        lines.append(f"That is more than {BUDGET / 1e6:.0f} MB; a smaller network makes a page that opens sooner.")
    lines.append(f'Look at it: python -m http.server --directory "{page.path}", then open http://localhost:8000')
    for line in lines:
        say(line, markup=False, highlight=False, soft_wrap=True)
