"""The runs of this machine by name: the folders under `FERKIT_CHECKPOINTS`."""

import difflib
from pathlib import Path

from ferkit import files
from ferkit.errors import RunError
from ferkit.runs.folder import Run, open_folder

__all__ = ["names", "open_run", "path_of"]


def names() -> list[str]:
    """Every folder under checkpoints/ that holds a run.json, sorted."""
    return sorted(p.parent.name for p in files.runs_dir().glob("*/run.json") if not p.parent.name.startswith("."))


def path_of(name: str) -> Path:
    """Where the run `name` lies. Raises RunError for a name that could climb out of the folder."""
    return files.runs_dir() / files.check_name(name, "A run name", RunError)


def open_run(name: str) -> Run:
    """The run of that name. Raises RunError if it is missing or its run.json does not describe a run."""
    path = path_of(name)
    if not (path / "run.json").exists():
        raise RunError(f"No run {name!r} in {path.parent.name}/ {_nearest(name)}.")
    return open_folder(path)


def _nearest(name: str) -> str:
    existing = names()
    if not existing:
        return "(there is none yet; train one: python -m ferkit train --recipe base-cnn --data NAME)"
    close = difflib.get_close_matches(name, existing, 3, 0) or existing[:3]
    rest = f" and {len(existing) - len(close)} more" if len(existing) > len(close) else ""
    return f"(there: {', '.join(close)}{rest})"
