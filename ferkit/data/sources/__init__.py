"""Sources of a dataset: a zip as downloaded, a folder of class folders, the original fer2013.csv (also zipped).

loaded = read(Path("fer2013.zip"), size=None)

layout.py    where a path's split and class stand
folder.py    the files of a folder
archive.py   the files of a zip, read in memory, never unpacked to disk
picture.py   bytes -> one gray or RGB picture
tree.py      pictures in class folders -> Loaded
table.py     the rows of a CSV -> Loaded
"""

import contextlib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ferkit.data.sources import archive, folder, layout, table, tree
from ferkit.data.sources.loaded import Entry, Loaded, Progress, Skipped, ignore_progress
from ferkit.errors import DataError

__all__ = ["Loaded", "Progress", "Skipped", "read"]


def read(source: Path, size: int | None = None, progress: Progress = ignore_progress) -> Loaded:
    """Every face of `source`; `size` resizes to size x size. Raises DataError for what is no source of faces."""
    with _entries(source) as entries:
        if any(layout.is_picture(entry.name) for entry in entries):
            return tree.read(source.name, entries, size, progress)
        tables = [entry for entry in entries if entry.name.casefold().endswith(".csv")]
        if tables:
            return table.read(table.choose(tables), size, progress)
    raise DataError(
        f"{source.name} has no picture and no CSV; expected train|val|test/<class>/pictures, <class>/pictures or fer2013.csv."
    )


@contextlib.contextmanager
def _entries(source: Path) -> Iterator[list[Entry]]:
    if source.is_dir():
        yield folder.entries(source)
    elif not source.is_file():
        raise DataError(f"There is no file or folder {source}. Give a zip, a folder of class folders, or fer2013.csv.")
    elif source.suffix.casefold() == ".csv":
        yield [folder.entry(source, source.name)]
    elif source.suffix.casefold() == ".zip" or zipfile.is_zipfile(source):
        with archive.entries(source) as found:
            yield found
    else:
        raise DataError(f"{source.name} is of an unknown kind; expected a .zip, a .csv or a folder of class folders.")
