"""Soft labels from a CSV file, as a teacher: another network's probabilities, a bigger model's, or annotators' shares.

file,angry,disgust,fear,happy,neutral,sad,surprise
train/angry/Training_10118481.jpg,0.71,0.02,0.1,0.0,0.1,0.06,0.01

A column `id` or `file` says which face, and a column for each class of the dataset has its probability. A face is found
by its id, or by the last part of it where that is unique. The file need not cover all faces.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit import files, metrics
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError

__all__ = ["SoftLabels", "is_file", "read"]

TOLERANCE = 0.02  # of the sum of a row


@dataclass(frozen=True)
class SoftLabels:
    """What a file says of N faces."""

    log_probabilities: np.ndarray  # float32 (N, classes), divided by the temperature; zeros for a face not covered
    covered: np.ndarray  # bool (N,)
    temperature: float  # at least 1: fitted to the labels where the file is surer of itself than it is right
    source: str

    @property
    def coverage(self) -> float:
        """Share of the faces that the file has a row for."""
        return float(self.covered.mean())


def is_file(teacher: str) -> bool:
    """Whether a teacher is named as a file, by its ending."""
    return teacher.lower().endswith(".csv")


def read(name: str, faces: Faces) -> SoftLabels:
    """The soft labels in a file for these faces, given by its path, as it is or from the data folder or the runs'.

    Raises ConfigError for a file that is missing, lacks a class, has a row that is no distribution, or covers no face.
    """
    table = _table(name)
    key = next((column for column in ("id", "file") if column in table), None)
    if key is None:
        raise ConfigError(f"{name} needs a column `id` or `file`; it has {', '.join(map(str, table.columns[:9]))}.")
    columns = {str(column).casefold(): column for column in table.columns}
    if missing := [c for c in faces.classes if c.casefold() not in columns]:
        raise ConfigError(f"{name} has no column for {', '.join(missing)}; every class of {faces.name!r} needs one.")
    numeric = table[[columns[c.casefold()] for c in faces.classes]].apply(pd.to_numeric, errors="coerce")
    numbers = numeric.to_numpy(np.float64)
    wrong = ~((numbers >= 0).all(1) & (np.abs(numbers.sum(1) - 1) <= TOLERANCE))  # not-a-number is wrong, too
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        total = numbers[row].sum()
        raise ConfigError(f"Row {row + 1:,} of {name} is no distribution over the classes: its sum is {total:.3g}.")
    rows = _rows(table[key].astype(str).tolist(), faces.ids.tolist(), name)
    covered = rows >= 0
    if not covered.any():
        example = f"its {key} {table[key].iat[0]!r} should be like {faces.ids[0]!r}"
        raise ConfigError(f"{name} covers none of the faces of {faces.name!r}: {example}.")
    log = np.log(np.maximum(numbers[rows], 1e-12))
    temperature = max(1.0, metrics.fit_temperature(log[covered], faces.labels[covered].astype(np.int64)))
    log = np.where(covered[:, None], log / temperature, 0.0).astype(np.float32)
    return SoftLabels(log, covered, temperature, Path(name).name)


def _table(name: str) -> pd.DataFrame:
    folders = Path(), files.data_dir(), files.runs_dir()
    path = next((path for folder in folders if (path := folder / Path(name).expanduser()).is_file()), None)
    if path is None:
        named = f"{files.data_dir().name}/ or {files.runs_dir().name}/"
        raise ConfigError(f"No file {name!r} of soft labels, neither by that path nor in {named}.")
    try:
        table = pd.read_csv(path, dtype={"id": str, "file": str})
    except (ValueError, OSError) as error:
        raise ConfigError(f"{name} cannot be read as CSV: {str(error).splitlines()[0]}") from error
    if table.empty:
        raise ConfigError(f"{name} has no rows.")
    return table


def _rows(keys: list[str], ids: list[str], name: str) -> np.ndarray:
    """The row of each id, int (N,), -1 for none."""
    whole = pd.Index(keys)
    if whole.has_duplicates:
        raise ConfigError(f"{name} has several rows for {whole[whole.duplicated()][0]!r}.")
    rows = whole.get_indexer(pd.Index(ids))
    last, wanted = (pd.Series([key.rsplit("/", 1)[-1] for key in names]) for names in (keys, ids))
    unique = last[~last.duplicated(keep=False)]
    by_last = pd.Index(unique).get_indexer(pd.Index(wanted))  # an index into `unique`, -1 for none
    found = (by_last >= 0) & ~wanted.duplicated(keep=False).to_numpy()
    return np.where(rows >= 0, rows, np.where(found, unique.index.to_numpy()[by_last], -1))
