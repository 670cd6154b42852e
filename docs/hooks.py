"""Writes docs/reference/cli.md from the commands' own help before the site is built."""

import os
from pathlib import Path
from typing import Any

__all__ = ["on_pre_build"]


def on_pre_build(config: Any) -> None:
    """mkdocs calls this first."""
    os.environ.update(COLUMNS="100", TERMINAL_WIDTH="100", NO_COLOR="1")
    from typer.testing import CliRunner

    from ferkit.cli import app, lazy

    def text(name: str, command: Any, level: int) -> str:
        shown = CliRunner().invoke(app, [*name.split()[1:], "--help"], prog_name="ferkit").output.strip()
        inner = getattr(command, "commands", {})
        parts = [f"{'#' * level} `{name}`\n\n```text\n{shown}\n```\n"]
        return "\n".join([*parts, *(text(f"{name} {key}", value, level + 1) for key, value in inner.items())])

    body = "\n".join(text(f"ferkit {name}", lazy.load(name), 2) for name in lazy.COMMANDS)
    intro = "# Command line\n\nBad input ends with one sentence and exit status 2. `--json` prints one JSON value.\n\n"
    target = Path(config["docs_dir"]) / "reference" / "cli.md"
    if not target.is_file() or target.read_text("utf-8") != intro + body:  # an unchanged file does not restart `serve`
        target.write_text(intro + body, "utf-8")
