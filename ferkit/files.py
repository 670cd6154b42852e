"""Where runs and datasets lie, and how a file is written whole or not at all."""

import contextlib
import errno
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ferkit.errors import FerkitError

__all__ = ["cache_dir", "check_name", "data_dir", "runs_dir", "whole", "whole_folder", "write_json"]

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,79}")


def runs_dir() -> Path:
    """`FERKIT_CHECKPOINTS`, or `checkpoints/` beside the package."""
    return Path(os.environ.get("FERKIT_CHECKPOINTS", ROOT / "checkpoints"))


def data_dir() -> Path:
    """`FERKIT_DATA`, or `data/` beside the package."""
    return Path(os.environ.get("FERKIT_DATA", ROOT / "data"))


def cache_dir() -> Path:
    """`FERKIT_CACHE`, or `ferkit` in the user's cache folder (`~/.cache`): what can be made again at any time."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("FERKIT_CACHE") or home / "ferkit")


def check_name(name: str, what: str, error: type[FerkitError] = FerkitError) -> str:
    """`name`, if it can only ever be one plain entry of a folder: no separator, no leading dot.

    Raises `error` otherwise, so that no name from outside climbs out of a folder.
    """
    if not NAME.fullmatch(name):
        raise error(f"{what} must be letters, digits, '.', '_', '-' or spaces (at most 80); got {name[:100]!r}.")
    return name


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` only when the block ends without an exception."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield beside
        os.replace(beside, path)
    except OSError as error:
        raise FerkitError(
            f"Could not write {path.name}: {error.strerror or error}. Free some space and try again."
        ) from error
    finally:
        beside.unlink(missing_ok=True)


@contextlib.contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """As `whole`, for a folder: it appears complete or not at all, in the place of the folder that was there."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.partial")
    beside.mkdir(parents=True)
    try:
        yield beside
        while not _in_place(beside, path):  # another process may put its own there at this moment
            _away(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _in_place(beside: Path, path: Path) -> bool:
    try:
        os.replace(beside, path)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        return False
    return True


def _away(path: Path) -> None:
    """Take a folder out of its place in one step, then remove it."""
    old = path.with_name(f".{path.name}.{os.getpid()}.old")
    with contextlib.suppress(FileNotFoundError):  # another process was faster
        os.replace(path, old)
    shutil.rmtree(old, ignore_errors=True)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as indented JSON, whole or not at all; not-a-number becomes null."""
    with whole(path) as beside:
        beside.write_text(json.dumps(_finite(value), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and value != value else value
