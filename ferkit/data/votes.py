"""Crowd votes per face: FER+ (Barsoum et al. 2016, arXiv:1608.01041) as it comes, or any table of counts.

By file:  split,label,file,<one column per choice>       joined by split, label and file, or by an unambiguous file name
By row:   Usage,Image name,<one column per choice>       row i is about row i of fer2013.csv
"""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit.data.sources.layout import SPLIT_NAMES
from ferkit.data.sources.loaded import Loaded
from ferkit.errors import DataError

__all__ = ["Votes", "match", "read_votes"]

KEYS = ("split", "label", "file", "usage", "image name")
Key = tuple[str, str, str]  # split, label, file


@dataclass(frozen=True)
class Votes:
    """R rows of counts and the keys of each row ("" where its table has no such column)."""

    source: str
    names: tuple[str, ...]
    counts: np.ndarray  # uint8 (R, V)
    splits: list[str]
    labels: list[str]
    files: list[str]
    by_row: bool


def read_votes(path: Path) -> Votes:
    """Read a table of votes. Raises DataError if it is not one, or if a count is not a whole number from 0 to 255."""
    try:
        table = pd.read_csv(path, keep_default_na=False, dtype=str)
    except FileNotFoundError as error:
        raise DataError(f"There is no votes file {path}.") from error
    except (ValueError, OSError) as error:
        raise DataError(
            f"{path.name} cannot be read as a table of votes ({' '.join(str(error).split())[:80]})."
        ) from error
    table = table.rename(columns=lambda name: name if name.strip().casefold() not in KEYS else name.strip().casefold())
    by_row = "usage" in table and "file" not in table
    names = [name for name in table.columns if name not in KEYS]
    if not names or not len(table) or not (by_row or "file" in table):
        raise DataError(
            f"{path.name} is not a table of votes; expected the columns split,label,file or Usage,Image name, then one "
            "per choice."
        )
    split_column, label_column = [
        list(table.get(key, pd.Series([""] * len(table))).str.strip())
        for key in ("usage" if by_row else "split", "label")
    ]
    return Votes(
        source=path.name,
        names=tuple(name.strip() for name in names),
        counts=_counts(table[names], path.name),
        splits=[SPLIT_NAMES.get(split.casefold(), split) for split in split_column],
        labels=[label.casefold() for label in label_column],
        files=list(table.get("image name" if by_row else "file", pd.Series([""] * len(table))).str.strip()),
        by_row=by_row,
    )


def match(votes: Votes, loaded: Loaded) -> tuple[np.ndarray, str]:
    """The votes of each face, uint8 (N, V), none of them where a face has no row; and a message on how many matched.

    Raises DataError if the table does not belong to the source.
    """
    rows = _by_row(votes, loaded) if votes.by_row and loaded.by_row else _by_file(votes, loaded)
    if not (rows >= 0).any():
        way = (
            "give fer2013.csv as the source, whose rows it follows"
            if votes.by_row
            else "its file names are those of another source"
        )
        raise DataError(f"No face of the source has a row in {votes.source}; {way}.")
    counts = np.where((rows >= 0)[:, None], votes.counts[rows], 0).astype(np.uint8)
    matched = counts.any(axis=1).sum()
    return counts, f"Votes: {matched:,} of {len(rows):,} faces have some in {votes.source}, {counts.sum():,} in all."


def _counts(table: pd.DataFrame, source: str) -> np.ndarray:
    numbers = table.apply(pd.to_numeric, errors="coerce").to_numpy(np.float64, copy=True)
    numbers[(table == "").all(axis=1)] = 0  # a face without votes
    wrong = np.argwhere(~((numbers >= 0) & (numbers <= 255) & (numbers == np.floor(numbers))))
    if len(wrong):
        row, column = wrong[0]
        got = str(table.iat[row, column])
        raise DataError(
            f"Row {row + 1:,} of {source} has {got[:40]!r} votes for {table.columns[column]!r}; "
            "expected a whole number from 0 to 255."
        )
    return numbers.astype(np.uint8)


def _by_row(votes: Votes, loaded: Loaded) -> np.ndarray:
    """Row i for face i, int (N,), once both tables agree on every row's usage."""
    if len(votes.counts) != len(loaded.ids):
        raise DataError(
            f"{votes.source} has {len(votes.counts):,} rows, the source {len(loaded.ids):,}; "
            "row i of the votes must be about row i of the source."
        )
    differ = np.flatnonzero(np.array(votes.splits) != loaded.splits)
    if len(differ):
        raise DataError(
            f"Row {differ[0] + 1:,} has another Usage in {votes.source} than in the source; "
            "they are not of the same dataset."
        )
    return np.arange(len(loaded.ids))


def _by_file(votes: Votes, loaded: Loaded) -> np.ndarray:
    """The row of each face, int (N,), -1 for none."""
    files = [str(name).rsplit("/", 1)[-1] for name in loaded.ids]
    by_key: dict[Key, int] = {
        key: row for row, key in enumerate(zip(votes.splits, votes.labels, votes.files, strict=True))
    }
    in_source, in_table = Counter(files), Counter(votes.files)
    unique = {name: row for row, name in enumerate(votes.files) if name and in_table[name] == 1}
    rows = np.full(len(files), -1)
    for i, (folder, label, name) in enumerate(zip(loaded.folders, loaded.labels, files, strict=True)):
        by_name = unique.get(name, -1) if in_source[name] == 1 else -1
        rows[i] = by_key.get((str(folder), str(label).casefold(), name), by_name)
    return rows
