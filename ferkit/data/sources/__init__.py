"""Sources of a dataset: a zip or tar as downloaded, a folder of class folders, the original fer2013.csv (also packed).

loaded = read(Path("fer2013.zip"), size=None)

layout.py    where split and class are in a path
limits.py    what a source may hold
folder.py    the files of a folder
zips.py      the files of a zip, read in memory, never unpacked to disk
tars.py      the files of a tar, unpacked into a temporary folder
tree.py      images in class folders -> Loaded
table.py     the rows of a CSV -> Loaded
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ferkit.data.sources import folder, layout, table, tars, tree, zips
from ferkit.data.sources.loaded import Entry, Loaded, Progress, Skipped, ignore_progress
from ferkit.errors import DataError

__all__ = ["Loaded", "Progress", "Skipped", "read"]


def read(source: Path, size: int | None = None, progress: Progress = ignore_progress) -> Loaded:
    """Every face of `source`; `size` resizes to size x size. Raises DataError if it is not a source of faces."""
    with _entries(source, progress) as (entries, progress):
        if any(layout.is_image(entry.name) for entry in entries):
            return tree.read(source.name, entries, size, progress)
        tables = [entry for entry in entries if entry.name.casefold().endswith(".csv")]
        if tables:
            return table.read(table.choose(tables), size, progress)
    raise _nothing(source.name, entries)


def _nothing(source: str, entries: list[Entry]) -> DataError:
    if nested := [entry.name for entry in entries if layout.is_archive(entry.name)]:
        return DataError(f"{source} holds another archive ({nested[0]!r}); unpack it and import that one.")
    return DataError(
        f"{source} has no image and no CSV; expected train|val|test/<class>/images, <class>/images or fer2013.csv."
    )


@contextlib.contextmanager
def _entries(source: Path, progress: Progress) -> Iterator[tuple[list[Entry], Progress]]:
    """The files of a source, and the progress that is left once they can be read."""
    if source.is_dir():
        yield folder.entries(source), progress
        return
    if not source.is_file():
        raise DataError(
            f"There is no file or folder {source}. Give an archive, a folder of class folders, or fer2013.csv."
        )
    kind = _kind(source)
    if kind == "zip":
        with zips.entries(source) as entries:
            yield entries, progress
    elif kind == "tar":
        with tars.entries(source, lambda done, total: progress(done, 2 * total)) as entries:
            yield entries, lambda done, total: progress(total + done, 2 * total)
    elif kind == "csv":
        yield [folder.entry(source, source.name)], progress
    else:
        raise DataError(
            f"{source.name} is of an unknown kind; expected a .zip, a .tar.gz, a .csv or a folder of class folders."
        )


def _kind(source: Path) -> str:
    """What a file is, by its first bytes, else by its name."""
    try:
        with source.open("rb") as file:
            head = file.read(512)
    except OSError as error:
        raise DataError(f"{source.name} cannot be read ({error.strerror or error}).") from error
    if head[:2] == b"PK":
        return "zip"
    if tars.is_tar(head):
        return "tar"
    named = {".zip": "zip", ".csv": "csv", ".tar": "tar", ".gz": "tar", ".tgz": "tar", ".bz2": "tar", ".xz": "tar"}
    return named.get(source.suffix.casefold(), "")
