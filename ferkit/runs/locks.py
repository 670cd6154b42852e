"""One writer at a time: locks on run folders, kept in the system's temporary folder so that no run folder holds any.

They hold between the processes of one user on one machine, and are released when their process dies.
"""

import contextlib
import getpass
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from ferkit.errors import RunError

__all__ = ["claim", "lock_file", "locked"]

PATIENCE = 60  # seconds; a change of run.json takes milliseconds


@contextlib.contextmanager
def claim(path: Path) -> Iterator[None]:
    """Hold the name of the run in `path` for a training. Raises RunError at once where another process trains it."""
    try:
        with FileLock(lock_file(path, "training"), timeout=0):
            yield
    except Timeout as error:
        raise RunError(
            f"{path.name} is being trained by another process. Wait until it has finished, or train under another "
            "name: --name NEW"
        ) from error


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on changes of the folder `path`. Raises RunError where another process keeps it for a minute."""
    try:
        with FileLock(lock_file(path, "change"), timeout=PATIENCE):
            yield
    except Timeout as error:
        raise RunError(f"{path.name} is being changed by another process. Try again when it is done.") from error


def lock_file(path: Path, purpose: str) -> Path:
    """The file to lock before doing `purpose` to `path`, in a folder that no other user can write to."""
    digest = hashlib.blake2b(str(path.resolve()).encode(), digest_size=16).hexdigest()
    user = os.getuid() if hasattr(os, "getuid") else getpass.getuser()
    folder = Path(tempfile.gettempdir()) / f"ferkit-locks-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{digest}-{purpose}.lock"
