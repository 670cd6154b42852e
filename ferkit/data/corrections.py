"""Corrected labels for some faces of a dataset: from a CSV, or from the notes on it.

    id,label
    train/fear/Training_10118481.jpg,surprise

The column `file` may stand in place of `id`; a face is found by its id, or by the last part of it where that is unique.
Rows without a label are left out, so exported notes are such a file.
"""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit import files
from ferkit.data import notes
from ferkit.data.faces import SPLITS, Faces
from ferkit.errors import DataError, shown

__all__ = ["NOTES", "Corrections", "as_csv", "from_notes", "of_labels", "parse", "read"]

NOTES = "notes"  # in place of a file: the notes on the dataset
LARGEST = 64 << 20  # bytes of a file


@dataclass(frozen=True, eq=False)
class Corrections:
    """Another label for M faces of a dataset."""

    source: str  # the name of the file, or "notes"
    labels: Mapping[str, str]  # id -> class name

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of a hash of ids and labels, in any order."""
        lines = "\n".join(f"{face}\t{label}" for face, label in sorted(self.labels.items()))
        return hashlib.sha256(lines.encode()).hexdigest()[:16]

    def rows(self, faces: Faces, splits: tuple[str, ...] = SPLITS) -> np.ndarray:
        """The faces of these splits whose label another is put in place of, int64 (M,), in the order of `faces`."""
        given = np.array([self.labels.get(face, "") for face in faces.ids.tolist()], dtype=object)
        released = np.array(faces.classes, dtype=object)[faces.labels]
        return np.flatnonzero((given != "") & (given != released) & np.isin(faces.splits, splits))

    def apply(self, faces: Faces, splits: tuple[str, ...] = ("train",)) -> Faces:
        """The faces with corrected labels in these splits; images, ids, duplicates and the fingerprint stay as
        released."""
        labels = faces.labels.copy()
        place = {name: i for i, name in enumerate(faces.classes)}
        for row in self.rows(faces, splits):
            labels[row] = place[self.labels[str(faces.ids[row])]]
        return replace(faces, labels=labels)


def read(source: str, faces: Faces) -> Corrections:
    """Corrections from a CSV, given by its path or by its name in the data folder, or from the notes on the dataset for
    `"notes"`. Raises DataError for a file that is missing or broken, an unknown face or class, or two labels for one
    face."""
    if source == NOTES:
        return from_notes(faces)
    path = next((path for path in (Path(source).expanduser(), files.data_dir() / source) if path.exists()), None)
    if path is None:
        raise DataError(
            f"No file {shown(source)} of corrected labels, neither by that path nor in {files.data_dir().name}/. "
            "Notes on the dataset are used by: --corrections notes"
        )
    return parse(files.read_bytes(path, LARGEST, "a CSV of corrected labels", DataError), path.name, faces)


def from_notes(faces: Faces) -> Corrections:
    """The labels that notes on this dataset put in place of others. Raises DataError where there is none, or one is for
    no face of it."""
    given = {face: note.label for face, note in notes.read(faces.name).items() if note.label}
    if not given:
        raise DataError(
            f"No note on {faces.name!r} has a corrected label. Mark a face as wrong label first, or give a CSV."
        )
    return of_labels(NOTES, list(given), list(given.values()), faces)


def parse(content: bytes, name: str, faces: Faces) -> Corrections:
    """Corrections from the bytes of a CSV with a column `id` or `file` and a column `label`. Raises DataError."""
    try:
        table = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except ValueError as error:
        reason = str(error).splitlines()[0] if str(error) else "no table"
        raise DataError(f"{name} cannot be read as CSV ({shown(reason)}). Save it as CSV in UTF-8.") from error
    table.columns = [str(column).strip().casefold() for column in table.columns]
    key = next((column for column in ("id", "file") if column in table), None)
    if key is None or "label" not in table:
        columns = shown(", ".join(map(str, table.columns[:9])))
        raise DataError(f"{name} needs a column `id` or `file` and a column `label`; it has {columns}.")
    table = table[table["label"].str.strip() != ""]
    if table.empty:
        raise DataError(f"{name} has no row with a label.")
    return of_labels(name, table[key].tolist(), table["label"].str.strip().tolist(), faces)


def of_labels(source: str, keys: list[str], labels: list[str], faces: Faces) -> Corrections:
    """Corrections from pairs of a face (its id, or the unique last part of it) and a class (in any case). Raises
    DataError, naming the first that the dataset does not have."""
    by_key = _ids(faces)
    classes = {name.casefold(): name for name in faces.classes} | {name: name for name in faces.classes}
    given: dict[str, str] = {}
    for key, label in zip(keys, labels, strict=True):
        face, name = by_key.get(key), classes.get(label, classes.get(label.casefold()))
        if face is None:
            raise DataError(
                f"{source} corrects {shown(key)}, which is no face of {faces.name!r}; an id looks like "
                f"{shown(str(faces.ids[0]))}."
            )
        if name is None:
            raise DataError(
                f"{source} corrects {shown(key)} to {shown(label)}, which is no class of {faces.name!r}; it has "
                f"{', '.join(faces.classes)}."
            )
        if given.setdefault(face, name) != name:
            raise DataError(f"{source} gives {shown(key)} two labels, {given[face]} and {name}. Remove one of them.")
    return Corrections(source, given)


def as_csv(corrections: Corrections) -> str:
    """The corrections as `parse` reads them."""
    table = pd.DataFrame(sorted(corrections.labels.items()), columns=["id", "label"])
    return str(table.to_csv(index=False, lineterminator="\n"))


def _ids(faces: Faces) -> dict[str, str]:
    """Every name of a face: its id, and the last part of it where no other face has the same."""
    ids = faces.ids.tolist()
    last = pd.Series([face.rsplit("/", 1)[-1] for face in ids])
    short = ~last.duplicated(keep=False)
    names = {name: face for name, face, alone in zip(last, ids, short, strict=True) if alone}
    return names | {face: face for face in ids}
