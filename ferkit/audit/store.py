"""The audit of a dataset, stored beside it: what is known of each face from its pixels.

    table = audit(faces)                  # id, the columns of MEANINGS and ISSUES, duplicate_group, duplicate_kind
    save(faces, table)
    load(faces)                           # the same table; None where there is none

It lies in <name>-audit.parquet, with the dataset's fingerprint: other faces of that name need another audit.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from ferkit import files
from ferkit.audit.columns import GROUP, ISSUES, KIND, KINDS, MEANINGS
from ferkit.audit.groups import Group, assemble
from ferkit.data.faces import Faces
from ferkit.errors import DataError
from ferkit.text import printable

__all__ = ["COLUMNS", "PARTS", "Group", "audit", "groups", "load", "path_of", "save"]

FORMAT = b"2"
FINGERPRINT = b"ferkit.fingerprint"
VERSION = b"ferkit.audit"
COLUMNS = ("id", *MEANINGS, *ISSUES, GROUP, KIND)
LARGEST = 2**30  # bytes of a table, unpacked
PARTS = (60, 35)  # of a hundred, that properties and duplicates take

Progress = Callable[[int, int], None]


def audit(faces: Faces, progress: Progress | None = None) -> pd.DataFrame:
    """A row per face: id, float32 properties, bool issues, duplicate_group int32 (the first row of the group, -1 where
    there is none) and duplicate_kind int8 (0 none, 1 exact, 2 near). progress: called with (done, 100)."""

    from ferkit.audit.duplicates import duplicates
    from ferkit.audit.properties import properties
    from ferkit.audit.quality import issues

    def part(before: int, share: int) -> Progress | None:
        return (lambda done, total: progress(before + share * done // max(total, 1), 100)) if progress else None

    measured = properties(faces.images, progress=part(0, PARTS[0]))
    found = duplicates(faces, progress=part(PARTS[0], PARTS[1]))
    flags = issues(faces, measured)
    member, kind = np.full(len(faces), -1, np.int32), np.zeros(len(faces), np.int8)
    for group in found:
        member[group.rows], kind[group.rows] = group.rows[0], KINDS.index(group.kind)
    if progress:
        progress(100, 100)
    ids = pd.DataFrame({"id": faces.ids})
    return pd.concat([ids, measured, flags, pd.DataFrame({GROUP: member, KIND: kind})], axis=1)


def groups(faces: Faces, table: pd.DataFrame) -> list[Group]:
    """The groups of duplicates of an audit, in the order of `duplicates`."""
    member = table[GROUP].to_numpy(np.int64)
    return assemble(faces, np.where(member < 0, -1 - np.arange(len(member)), member))


def path_of(name: str) -> Path:
    """Where the audit of the dataset `name` lies. Raises DataError for a name that could climb out of the folder."""
    return files.data_dir() / f"{files.check_name(name, 'A dataset name', DataError)}-audit.parquet"


def save(faces: Faces, table: pd.DataFrame) -> Path:
    """Write an audit, all of it or nothing; returns its path. Raises FerkitError if the disk is full or read-only."""
    import pyarrow as pa
    from pyarrow import parquet

    packed = pa.Table.from_pandas(table[list(COLUMNS)], preserve_index=False)
    marks = {FINGERPRINT: faces.fingerprint.encode(), VERSION: FORMAT}
    path = path_of(faces.name)
    with files.atomic_write(path) as partial:
        parquet.write_table(packed.replace_schema_metadata(marks), partial)
    return path


def load(faces: Faces) -> pd.DataFrame | None:
    """The audit of a dataset, a row per face in its order; None where there is none.

    Raises DataError where it is of other faces, or broken: audit the dataset again.
    """
    path = path_of(faces.name)
    if not path.exists():
        return None
    try:
        table = _read(path, faces)
    except Exception as error:  # pyarrow raises whatever it pleases over broken bytes
        reason = printable(" ".join(str(error).split()))[:160] or type(error).__name__
        raise DataError(
            f"{path.name} cannot be used: {reason}. Audit the dataset again: python -m ferkit data audit '{faces.name}'"
        ) from error
    return table


def _read(path: Path, faces: Faces) -> pd.DataFrame:
    """Raise ValueError for anything but an audit of these faces."""
    from pyarrow import parquet

    _check(path.is_file(), "it is not a file")
    with parquet.ParquetFile(path) as file:
        marks, packed = file.schema_arrow.metadata or {}, file.metadata
        _check(marks.get(VERSION) == FORMAT, "it is not an audit of this version")
        _check(marks.get(FINGERPRINT) == faces.fingerprint.encode(), "it is an audit of other faces")
        missing = [name for name in COLUMNS if name not in file.schema_arrow.names]
        _check(not missing, f"it has no column {missing[:1]}")
        size = sum(packed.row_group(i).total_byte_size for i in range(packed.num_row_groups))
        _check(size <= LARGEST, "it is larger than 1 GB")
        _check(packed.num_rows == len(faces), f"expected {len(faces)} rows, got {packed.num_rows}")
        table: pd.DataFrame = file.read(columns=list(COLUMNS)).to_pandas(ignore_metadata=True)[list(COLUMNS)]
    _check((table["id"].to_numpy() == faces.ids).all(), "its ids are those of other faces")
    _check(all(table[name].dtype.kind == "f" for name in MEANINGS), "a property is not a number")
    _check(bool(np.isfinite(table[list(MEANINGS)].to_numpy()).all()), "a property is not finite")
    _check(all(table[name].dtype == np.bool_ for name in ISSUES), "an issue is not true or false")
    _check(table[GROUP].dtype.kind == "i" and table[GROUP].between(-1, len(faces) - 1).all(), "a group is not a row")
    _check(table[KIND].dtype.kind == "i" and table[KIND].between(0, 2).all(), "a kind of duplicate is unknown")
    return table


def _check(fine: object, reason: str) -> None:
    if not fine:
        raise ValueError(reason)
