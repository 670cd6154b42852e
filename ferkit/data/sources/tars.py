"""The files of a .tar, .tar.gz, .tar.bz2 or .tar.xz, unpacked once into a temporary folder, under numbers as names.

A compressed tar can only be read from its beginning to its end; the images are wanted in the order of their names.
"""

import bz2
import contextlib
import gzip
import lzma
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

from ferkit.data.sources.limits import check_member, check_total
from ferkit.data.sources.loaded import Entry, Progress
from ferkit.errors import DataError
from ferkit.text import printable

__all__ = ["entries", "is_tar"]

PACKED = {b"\x1f\x8b": gzip.open, b"BZ": bz2.open, b"\xfd7": lzma.open}
MAX_READ = 2**21  # bytes; files are copied in blocks of half as much, and a header has a few hundred
BROKEN = (tarfile.TarError, OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)


def is_tar(head: bytes) -> bool:
    """Whether the first 512 bytes of a file are those of a tar, or of a packed one."""
    return head[:2] in PACKED or head[257:262] == b"ustar"


@contextlib.contextmanager
def entries(path: Path, progress: Progress) -> Iterator[list[Entry]]:
    """The files of the tar, readable inside the block; progress counts bytes of the file at `path`.

    Raises DataError if it is cut short, hostile, or too large for the temporary folder.
    """
    try:
        folder = tempfile.TemporaryDirectory(prefix="ferkit-")
    except OSError as error:
        raise DataError(f"There is no temporary folder to unpack {path.name} ({error.strerror}).") from error
    with folder:
        yield list(_unpacked(path, Path(folder.name), progress))


def _unpacked(path: Path, folder: Path, progress: Progress) -> Iterator[Entry]:
    packed = path.stat().st_size
    with path.open("rb") as raw:
        opener: Any = PACKED.get(raw.read(2), contextlib.nullcontext)
        raw.seek(0)
        try:
            with opener(raw) as content:
                bounded: Any = _Bounded(content)
                archive = tarfile.TarFile(fileobj=bounded)
                for number, (name, member) in enumerate(_members(path.name, packed, archive)):
                    target = folder / str(number)
                    source = archive.extractfile(member)
                    assert source is not None  # it is a regular file
                    _copy(path.name, source, target)
                    progress(min(raw.tell(), packed), packed)
                    yield Entry(name, member.size, partial(_reopened, target))
                if any(bounded.last) or len(bounded.last) < tarfile.BLOCKSIZE:  # the end is marked by a block of zeros
                    raise tarfile.ReadError("its end is missing")
        except BROKEN as error:
            reason = " ".join(str(error).split())[:80] or "it ends too early"
            raise DataError(f"{path.name} is cut short or not a tar ({reason}). Download it again.") from error


def _reopened(path: Path) -> IO[bytes]:
    return path.open("rb")


def _members(source: str, packed: int, archive: tarfile.TarFile) -> Iterator[tuple[str, tarfile.TarInfo]]:
    """The regular files and their printable names. Raises DataError at the first that is not to be unpacked."""
    files, size = 0, 0
    while member := archive.next():
        archive.members.clear()  # type: ignore[attr-defined]  # the headers of a million files are a gigabyte
        name = printable(member.name.removeprefix("./").replace("\\", "/"))
        files, size = files + 1, size + member.size
        check_member(source, name, member.size)
        check_total(source, files, size, packed)
        if member.islnk() or member.issym():
            raise DataError(f"{source} holds a link ({name!r}) where a file is expected; it is not read.")
        if member.isdir():
            continue
        if not member.isreg() or member.issparse():
            raise DataError(f"{source} holds {name!r}, which is not a regular file; it is not read.")
        yield name, member


def _copy(source: str, content: IO[bytes], target: Path) -> None:
    """Write a file block by block: an error of the disk is distinguished from one of the archive."""
    out = None
    try:
        out = target.open("wb")
        while block := _block(content):
            out.write(block)
        out.close()
    except OSError as error:
        raise DataError(
            f"{source} cannot be unpacked to {target.parent.parent} ({error.strerror or error}). "
            "Free some space, or set TMPDIR to another folder."
        ) from error
    finally:
        if out:
            with contextlib.suppress(OSError):
                out.close()


def _block(content: IO[bytes]) -> bytes:
    try:
        return content.read(2**20)
    except OSError as error:  # of the archive
        raise tarfile.ReadError(str(error)) from error


class _Bounded:
    """A file of which no more than `MAX_READ` bytes are read at once: headers of a tar may declare any size."""

    def __init__(self, content: IO[bytes]) -> None:
        self.seek, self.tell, self._read = content.seek, content.tell, content.read
        self.last = b""  # what was read last

    def read(self, count: int = -1) -> bytes:
        if not 0 <= count <= MAX_READ:
            raise tarfile.ReadError(f"a header of {count:,} bytes")
        self.last = self._read(count)
        return self.last
