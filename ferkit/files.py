"""Where runs and datasets lie, and how a file is written atomically: completely or not at all."""

import contextlib
import errno
import glob
import itertools
import json
import os
import platform
import re
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ferkit.errors import FerkitError
from ferkit.text import printable

__all__ = [
    "atomic_folder", "atomic_write", "cache_dir", "check_name", "data_dir", "is_name", "read_bytes",
    "remove_leftovers", "replace_folder", "runs_dir", "write_json",
]  # fmt: skip

NODE = re.sub(r"[^A-Za-z0-9]", "", platform.node())[:40]  # of this machine, in the names of temporary files
COUNTER = itertools.count()
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,79}")


def runs_dir() -> Path:
    """`FERKIT_CHECKPOINTS`, or `checkpoints/` in the current folder."""
    return Path(os.environ.get("FERKIT_CHECKPOINTS") or "checkpoints").absolute()


def data_dir() -> Path:
    """`FERKIT_DATA`, or `data/` in the current folder."""
    return Path(os.environ.get("FERKIT_DATA") or "data").absolute()


def cache_dir() -> Path:
    """`FERKIT_CACHE`, or `ferkit` in the user's cache folder (`~/.cache`): what can be made again at any time."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("FERKIT_CACHE") or home / "ferkit")


def check_name(name: str, what: str, error: type[FerkitError] = FerkitError) -> str:
    """`name`, if it can only ever be one plain entry of a folder: no separator, no leading dot.

    Raises `error` otherwise, so that no name from outside climbs out of a folder.
    """
    if not is_name(name):
        raise error(f"{what} must be letters, digits, '.', '_', '-' or spaces (at most 80); got {name[:100]!r}.")
    return name


def is_name(name: str) -> bool:
    """Whether `check_name` would let it pass."""
    return NAME.fullmatch(name) is not None


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """A temporary path to write to; it takes the place of `path` only when the block ends without an exception.

    What a killed process left of an earlier attempt is removed. Raises FerkitError where the disk is full or closed to
    writing.
    """
    partial = _temporary(path, "partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(path)
        yield partial
        os.replace(partial, path)
    except OSError as error:
        raise FerkitError(
            f"Could not write {path.name}: {error.strerror or error}. Free some space and try again."
        ) from error
    finally:
        with contextlib.suppress(OSError):  # a folder closed to writing has nothing to remove
            partial.unlink(missing_ok=True)


@contextlib.contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """As `atomic_write`, for a folder: it appears complete or not at all, in the place of the folder that was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_leftovers(path)
    partial = _temporary(path, "partial")
    partial.mkdir()
    try:
        yield partial
        replace_folder(partial, path)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def replace_folder(source: Path, path: Path) -> None:
    """Move the folder `source` into the place of the folder `path`, which is removed."""
    while not _in_place(source, path):  # another process may put its own there at this moment
        _away(path)


def _temporary(path: Path, ending: str) -> Path:
    return path.with_name(f".{path.name}.{NODE}-{os.getpid()}-{next(COUNTER)}.{ending}")


def _in_place(partial: Path, path: Path) -> bool:
    try:
        os.replace(partial, path)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        return False
    return True


def _away(path: Path) -> None:
    """Take a folder out of its place in one step, then remove it."""
    old = _temporary(path, "old")
    with contextlib.suppress(FileNotFoundError):  # another process was faster
        os.replace(path, old)
    shutil.rmtree(old, ignore_errors=True)


def remove_leftovers(path: Path) -> None:
    """Remove what killed processes of this machine left next to `path` while they wrote it.

    A folder that one of them had just taken out of its place goes back there.
    """
    pattern = re.compile(rf"\.{re.escape(path.name)}\.(?:{re.escape(NODE)}-)?(\d+)(?:-\d+)?\.(partial|old)")
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*"):
        match = pattern.fullmatch(leftover.name)
        if not match or _alive(int(match[1])):
            continue
        with contextlib.suppress(OSError):
            if match[2] == "old" and not path.exists():
                os.replace(leftover, path)
            elif leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()


def _alive(process: int) -> bool:
    if os.name != "posix":
        return True  # cannot be asked there without harm
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # of another user
    return True


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, atomically; not-a-number becomes null."""
    with atomic_write(path) as partial:
        partial.write_text(json.dumps(_finite(value), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and value != value else value


def read_bytes(path: Path, most: int, what: str, error: type[FerkitError] = FerkitError) -> bytes:
    """The content of a regular file of at most `most` bytes.

    Raises `error` for anything else, such as a folder, a device or a pipe, without waiting for it or reading it; `what`
    names what was expected, as "a photo".
    """
    name = printable(path.name or str(path))
    try:
        content = _read_regular(path, most + 1)
    except (OSError, ValueError) as failure:  # ValueError: a null byte in the path
        reason = (getattr(failure, "strerror", None) or str(failure)).lower()
        raise error(f"Expected {what} at {name}, got: {reason}. Check the path.") from failure
    if content is None:
        kind = "a folder" if path.is_dir() else "a device or a pipe"
        raise error(f"Expected {what} at {name}, got {kind}. Check the path.")
    if len(content) > most:
        raise error(f"Expected {what} of at most {most // 10**6} MB, got a larger file: {name}. Make it smaller.")
    return content


def _read_regular(path: Path, most: int) -> bytes | None:
    """At most `most` bytes of a file; None if it is not a regular file."""
    # without waiting: nobody may ever write to a pipe
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(most)
    finally:
        os.close(descriptor)
