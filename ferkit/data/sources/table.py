"""FER2013's original table: one row per face, `emotion,pixels,Usage` (Goodfellow et al. 2013, arXiv:1307.0414).

The challenge's train.csv has no Usage; its rows have no split.
"""

import math
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ferkit.data.mapped import Pile
from ferkit.data.sources.layout import SPLIT_NAMES
from ferkit.data.sources.lines import LineLimit
from ferkit.data.sources.loaded import Entry, Loaded, Progress, check_memory
from ferkit.errors import DataError
from ferkit.images import fit

__all__ = ["EMOTIONS", "choose", "read"]

EMOTIONS = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")  # the table's numbers 0 to 6
REQUIRED = ("emotion", "pixels")
SIDES = (8, 512)  # pixels
ROWS = 1000  # of a chunk: 9 MB of text
BROKEN = (ValueError, OSError, EOFError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error)


def choose(tables: list[Entry]) -> Entry:
    """The one table with emotion and pixels; of several the one with Usage, or `fer2013.csv`.

    Raises DataError if there is none, or more than one.
    """
    columns = {entry.name: _columns(entry) for entry in tables}
    candidates = [entry for entry in tables if columns[entry.name].issuperset(REQUIRED)]
    if not candidates:
        lacking = next(name for name in REQUIRED if name not in columns[tables[0].name])
        raise DataError(f"{tables[0].name} has no column {lacking!r}; expected emotion, pixels and Usage.")
    for better in (
        [entry for entry in candidates if "usage" in columns[entry.name]],
        [entry for entry in candidates if entry.name.casefold().split("/")[-1] == "fer2013.csv"],
    ):
        candidates = better or candidates
    if len(candidates) > 1:
        listed = ", ".join(entry.name for entry in candidates[:5])
        raise DataError(f"Several tables could be the dataset ({listed}); import one of them.")
    return candidates[0]


def read(entry: Entry, size: int | None, progress: Progress) -> Loaded:
    """Every row as a face.

    Raises DataError, naming the row, for one that is not as expected: rows are joined to votes by their number.
    """
    labels: list[str] = []
    splits: list[str] = []
    side = 0
    with Pile() as pile:
        for chunk in _chunks(entry, progress):
            side = side or _side(chunk["pixels"].iloc[0])
            usage = chunk["usage"] if "usage" in chunk else [None] * len(chunk)
            images: list[np.ndarray] = []
            for row in zip(chunk["emotion"], chunk["pixels"], usage, strict=True):
                label, face, split = _parse(row, side, f"Row {len(labels) + 1:,} of {entry.name}")
                images.append(face if size is None else fit(face, size))
                labels.append(label)
                splits.append(split)
            check_memory(len(labels), images[0].shape[0], images[0].shape[1], 1)
            pile.add(images)
        if not labels:
            raise DataError(f"{entry.name} has a header and no rows; expected one row per face.")
        return Loaded(
            images=pile.images(size or side),
            labels=np.array(labels),
            ids=np.array([f"row{number:06d}" for number in range(len(labels))]),
            splits=np.array(splits),
            folders=np.full(len(labels), ""),
            classes=tuple(sorted(set(labels))),
            by_row=True,
        )


def _columns(entry: Entry) -> set[str]:
    """The names in the header, in lower case."""
    try:
        with entry.open() as handle:
            names = pd.read_csv(LineLimit.wrap(handle), nrows=0).columns
    except BROKEN as error:
        raise DataError(f"{entry.name} cannot be read as a table ({_short(error)}).") from error
    return {str(name).strip().casefold() for name in names}


def _chunks(entry: Entry, progress: Progress) -> Iterator[pd.DataFrame]:
    """Frames of the three columns as text, `ROWS` at a time."""
    try:
        with entry.open() as handle:
            for chunk in pd.read_csv(LineLimit.wrap(handle), dtype=str, keep_default_na=False, chunksize=ROWS):
                if len(chunk):  # a table without rows comes as one empty chunk
                    yield chunk.rename(columns=lambda name: name.strip().casefold())
                progress(min(handle.tell(), entry.size), entry.size)
    except BROKEN as error:
        raise DataError(f"{entry.name} is cut short or no table ({_short(error)}). Download it again.") from error


def _parse(row: tuple[str, str, str | None], side: int, where: str) -> tuple[str, np.ndarray, str]:
    """Label, face and split of one row; an error names the row."""
    emotion, pixels, usage = row
    try:
        return _label(emotion), _face(pixels, side), "" if usage is None else _split(usage)
    except DataError as error:
        raise DataError(f"{where} {error}. Correct the row or download the table again.") from error


def _side(pixels: str) -> int:
    """Side of the square that as many pixels make as the first row has."""
    count = len(pixels.split())
    side = math.isqrt(count)
    if not count or side * side != count:
        raise DataError(f"Row 1 has {count:,} pixels, which make no square; expected as many as 48x48 = 2,304.")
    if not SIDES[0] <= side <= SIDES[1]:
        raise DataError(
            f"Row 1 has a face of {side}x{side} pixels; expected {SIDES[0]}x{SIDES[0]} to {SIDES[1]}x{SIDES[1]}."
        )
    return side


def _label(emotion: str) -> str:
    names = {str(number): name for number, name in enumerate(EMOTIONS)}
    if emotion.strip() not in names:
        raise DataError(f"has the emotion {emotion[:40]!r}; expected 0 to {len(EMOTIONS) - 1}")
    return names[emotion.strip()]


def _split(usage: str) -> str:
    if usage.strip().casefold() not in SPLIT_NAMES:
        raise DataError(f"has the usage {usage[:40]!r}; expected Training, PublicTest or PrivateTest")
    return SPLIT_NAMES[usage.strip().casefold()]


def _face(pixels: str, side: int) -> np.ndarray:
    """uint8 (side, side) from numbers separated by spaces."""
    if not (pixels.isascii() and pixels.replace(" ", "").isdigit()):
        raise DataError("has pixels that are not whole numbers separated by spaces")
    values = np.fromstring(pixels, dtype=np.int64, sep=" ")  # a number of too many digits becomes the largest
    if len(values) != side * side:
        raise DataError(f"has {len(values):,} pixels; expected {side}x{side} = {side * side:,} as in row 1")
    if values.max() > 255:
        raise DataError(f"has a pixel of {values.max()}; expected 0 to 255")
    return values.astype(np.uint8).reshape(side, side)


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:80]
