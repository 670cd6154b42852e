"""The files of a zip, read in memory: nothing is unpacked to disk, and what looks like an attack is refused."""

import contextlib
import stat
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from ferkit.data.sources.limits import check_member, check_total
from ferkit.data.sources.loaded import Entry
from ferkit.errors import DataError
from ferkit.text import printable

__all__ = ["entries"]


@contextlib.contextmanager
def entries(zipped: Path | IO[bytes], name: str = "") -> Iterator[list[Entry]]:
    """The files of the zip, readable inside the block; `name` stands in messages for a zip that is no file.

    Raises DataError if it is cut short, encrypted or hostile.
    """
    name = name or (zipped.name if isinstance(zipped, Path) else "The zip")
    try:
        archive = zipfile.ZipFile(zipped)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise DataError(f"{name} is cut short or not a zip ({error}). Download it again.") from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        check_total(name, len(archive.infolist()), sum(member.file_size for member in members))
        for member in archive.infolist():
            _check(name, member)
        yield [Entry(_name(member), member.file_size, partial(archive.open, member)) for member in members]


def _name(member: zipfile.ZipInfo) -> str:
    return printable(member.filename.replace("\\", "/"))


def _check(source: str, member: zipfile.ZipInfo) -> None:
    name = _name(member)
    check_member(source, name, member.file_size, member.compress_size)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise DataError(f"{source} holds a link ({name!r}) where a file is expected; it is not read.")
    if member.flag_bits & 0x1:
        raise DataError(f"{source} is encrypted ({name!r}); unpack it with its password first.")
