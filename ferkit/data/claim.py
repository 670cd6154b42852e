"""One import of a name at a time, between all processes of one user on one machine."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from ferkit.errors import DataError
from ferkit.runs.locks import lock_file

__all__ = ["claimed"]


@contextlib.contextmanager
def claimed(path: Path) -> Iterator[None]:
    """Hold the right to write the dataset at `path`. Raises DataError at once where another process holds it.

    The lock lies in the temporary folder, so that the data folder holds datasets only; it is released when its process
    dies.
    """
    try:
        with FileLock(lock_file(path, "import"), timeout=0):
            yield
    except Timeout as error:
        raise DataError(
            f"The dataset {path.stem!r} is being imported already. Wait until it is there, or choose another name."
        ) from error
