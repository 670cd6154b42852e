"""Images that lie in a file and look like an array: the system reads the pages that are touched and drops them again
when memory is short, so a dataset may be larger than the memory.

A store is replaced by renaming, never written in place, so what is mapped does not change.
"""

import tempfile
from pathlib import Path

import numpy as np

from ferkit import files

__all__ = ["MAPPED", "Pile", "mapped", "one_run", "room"]

MAPPED = 2**28  # bytes from which images stay in their file; FER2013 takes 83 MB


def mapped(path: Path, offset: int, shape: tuple[int, ...]) -> np.ndarray:
    """uint8 of that shape from the byte `offset` of a file on, read-only."""
    return np.memmap(path, np.uint8, "r", offset, shape)


def room(shape: tuple[int, ...]) -> np.ndarray:
    """uint8 of that shape to be filled: in memory, or from `MAPPED` bytes on in a nameless file in the data folder."""
    if int(np.prod(shape, dtype=np.int64)) < MAPPED:
        return np.empty(shape, np.uint8)
    with tempfile.TemporaryFile(dir=_folder()) as file:  # the mapping keeps it until the array is gone
        return np.memmap(file, np.uint8, "w+", 0, shape)


class Pile:
    """Images whose number is not known before the last has come: kept as `room` keeps them, inside `with Pile() as …`,
    which what `images` gave outlasts."""

    def __init__(self) -> None:
        folder = _folder()
        self._file = tempfile.SpooledTemporaryFile(max_size=MAPPED, dir=str(folder) if folder else None)  # noqa: SIM115
        self.filled = 0

    def __enter__(self) -> "Pile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, images: list[np.ndarray]) -> None:
        """Images of one size, uint8 (H, H)."""
        for image in images:
            self._file.write(image.tobytes())
        self.filled += len(images)

    def images(self, side: int) -> np.ndarray:
        """uint8 (N, side, side): all that were added, read-only."""
        shape, size = (self.filled, side, side), self.filled * side * side
        if size <= MAPPED:
            self._file.seek(0)
            return np.frombuffer(self._file.read(), np.uint8).reshape(shape)
        self._file.flush()
        return np.memmap(self._file, np.uint8, "r", 0, shape)  # type: ignore[call-overload,no-any-return]


def one_run(keep: np.ndarray) -> slice | None:
    """The slice that a bool mask or rising indices stand for; None where they leave a gap: mapped images are copied
    then."""
    rows = np.flatnonzero(keep) if keep.dtype == bool else keep
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1 and bool((np.diff(rows) == 1).all()):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return None


def _folder() -> Path | None:
    """The data folder, where a store of that size will lie; the temporary folder may be in memory."""
    folder = files.data_dir()
    return folder if folder.is_dir() else None
