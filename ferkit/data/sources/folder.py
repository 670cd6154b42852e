"""The files of a folder, in the order of their names."""

import os
from pathlib import Path

from ferkit.data.sources.loaded import Entry
from ferkit.errors import DataError
from ferkit.text import printable

__all__ = ["entries", "entry"]


def entries(root: Path) -> list[Entry]:
    """Every regular file below `root`; links to folders are not followed, so that a circle of them ends.

    Raises DataError for a folder that cannot be listed, rather than leave its images out.
    """
    files = sorted(Path(top) / name for top, _, names in os.walk(root, onerror=_refuse) for name in names)
    return [entry(path, path.relative_to(root).as_posix()) for path in files if path.is_file()]


def _refuse(error: OSError) -> None:
    raise DataError(
        f"The folder {error.filename} cannot be listed ({error.strerror}). Make it readable or move it away."
    ) from error


def entry(path: Path, name: str) -> Entry:
    """One file under the name it has in its source."""
    return Entry(printable(name), path.stat().st_size, lambda: path.open("rb"))
