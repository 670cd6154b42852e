"""What a source is made of (entries) and what reading it gives (faces as arrays, and what was left out)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO

import numpy as np

from ferkit.errors import DataError

__all__ = ["MAX_MEMORY", "Entry", "Loaded", "Progress", "Skipped", "check_memory", "ignore_progress"]

MAX_MEMORY = 4 * 2**30  # bytes of all images as they are kept; 1.8 million faces of 48 x 48
Progress = Callable[[int, int], None]  # (done, total), in any one unit


def ignore_progress(done: int, total: int) -> None:
    """The progress of a caller that shows none."""


@dataclass(frozen=True)
class Entry:
    """One file of a folder or an archive."""

    name: str  # printable path inside the source, parts joined by "/"
    size: int  # bytes, unpacked
    open: Callable[[], IO[bytes]]

    def read(self) -> bytes:
        """All of the file, never more than its stated size."""
        with self.open() as handle:
            return handle.read(self.size)


@dataclass(frozen=True)
class Skipped:
    """A file that was left out, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Loaded:
    """N faces as the source has them; a split is "" where the source does not say."""

    images: np.ndarray  # uint8 (N, H, H) gray or (N, H, H, 3) RGB
    labels: np.ndarray  # str (N,), names of classes
    ids: np.ndarray  # str (N,), unique: the path in the source, or the row of a table
    splits: np.ndarray  # str (N,), "train", "val", "test" or ""
    folders: np.ndarray  # str (N,), the split its folder says, which a file name may overrule
    classes: tuple[str, ...]  # sorted; also those of which no image could be read
    by_row: bool = False  # face i is row i of a table
    skipped: tuple[Skipped, ...] = ()


def check_memory(count: int, height: int, width: int, channels: int) -> None:
    """Raise DataError if `count` such images are more than a dataset held in memory may be."""
    if (need := count * height * width * channels) > MAX_MEMORY:
        colour = " in colour" if channels == 3 else ""
        raise DataError(
            f"{count:,} images of {width}x{height}{colour} take {need / 2**30:.0f} GB; "
            f"at most {MAX_MEMORY / 2**30:.0f} fit. Pass --size 64, or --size 48."
        )
