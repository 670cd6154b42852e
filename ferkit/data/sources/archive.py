"""The files of a zip, read in memory: nothing is unpacked to disk, and what looks like an attack is refused whole."""

import contextlib
import stat
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from ferkit.data.sources.loaded import MAX_BYTES, Entry
from ferkit.errors import DataError
from ferkit.text import printable

__all__ = ["MAX_MEMBER", "MAX_RATIO", "MAX_TABLE", "entries"]

MAX_MEMBER = 50 * 2**20  # bytes unpacked; a training picture has a few thousand
MAX_TABLE = 2 * 2**30  # bytes; fer2013.csv has 0.3 GB
MAX_RATIO = 200  # unpacked over packed; pictures reach 1 to 3, a column of digits 4
SMALL = 2**20  # bytes below which no ratio can hurt


@contextlib.contextmanager
def entries(path: Path) -> Iterator[list[Entry]]:
    """The files of the zip, readable inside the block. Raises DataError if it is cut short, encrypted or hostile."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"{path.name} is cut short or not a zip ({error}). Download it again.") from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        for member in archive.infolist():
            if trouble := _trouble(member):
                raise DataError(f"{path.name} {trouble}.")
        if (total := sum(member.file_size for member in members)) > MAX_BYTES:
            raise DataError(
                f"{path.name} unpacks to {total / 2**30:.0f} GB; at most {MAX_BYTES / 2**30:.0f} GB are read."
            )
        yield [Entry(_name(member), member.file_size, partial(archive.open, member)) for member in members]


def _name(member: zipfile.ZipInfo) -> str:
    return printable(member.filename.replace("\\", "/"))


def _trouble(member: zipfile.ZipInfo) -> str | None:
    """Why a zip with this member is refused, or None."""
    name, shown = member.filename.replace("\\", "/"), _name(member)[:100]
    limit = MAX_TABLE if name.casefold().endswith(".csv") else MAX_MEMBER
    if name.startswith("/") or ".." in name.split("/") or name[1:2] == ":":
        return f"climbs out of its folder ({shown!r}); it is not read"
    if stat.S_ISLNK(member.external_attr >> 16):
        return f"holds a link ({shown!r}) where a file is expected; it is not read"
    if member.flag_bits & 0x1:
        return f"is encrypted ({shown!r}); unpack it with its password and import the folder"
    if member.file_size > limit:
        return f"holds {shown!r} of {member.file_size / 2**20:,.0f} MB; at most {limit / 2**20:,.0f} MB are expected"
    if member.file_size > max(SMALL, MAX_RATIO * member.compress_size):
        return f"holds {shown!r}, packed over {MAX_RATIO} times smaller, as only a zip bomb is; it is not read"
    return None
