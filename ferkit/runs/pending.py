"""Several files of a run folder replaced together: after a crash at any moment all of them are new, or none is.

They are written into a separate folder, which becomes `.pending` in one step: from then on they count as written.
Then they move to their places; where that was interrupted, the next one who opens the run moves the rest.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from ferkit.errors import FerkitError

__all__ = ["finish", "together"]

PENDING = ".pending"


@contextlib.contextmanager
def together(folder: Path) -> Iterator[Path]:
    """A folder to write to; its files take their places in `folder` when the block ends without an exception.

    For one writer at a time: hold `locked(folder)`. Raises FerkitError where the disk is full or closed to writing.
    """
    staged = folder / f"{PENDING}.{os.getpid()}.partial"
    try:
        for left in folder.glob(f"{PENDING}.*.partial"):  # of a writer that was killed
            shutil.rmtree(left, ignore_errors=True)
        staged.mkdir(parents=True)
        yield staged
        for path in _files(staged):
            _flush(path)
        finish(folder)
        os.replace(staged, folder / PENDING)
        _move(folder)
    except OSError as error:
        name = Path(error.filename or folder).name
        raise FerkitError(
            f"Could not write {name}: {error.strerror or error}. Free some space and try again."
        ) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def finish(folder: Path) -> None:
    """Move what an interrupted writer left pending in `folder` to its place; costs one look where nothing is."""
    if (folder / PENDING).is_dir():
        with contextlib.suppress(OSError):  # closed to writing: the next one may have more luck
            _move(folder)


def _move(folder: Path) -> None:
    pending = folder / PENDING
    for path in _files(pending):
        place = folder / path.relative_to(pending)
        place.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):  # another process was faster
            os.replace(path, place)
    for inner in sorted((path for path in pending.rglob("*") if path.is_dir()), reverse=True):
        inner.rmdir()
    with contextlib.suppress(FileNotFoundError):
        pending.rmdir()  # not a recursive removal, which might take what another writer has just put there


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _flush(path: Path) -> None:
    """Bring a file to the disk, so that a rename does not wait for it."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
