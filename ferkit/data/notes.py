"""Notes on the faces of a dataset: what is wrong with a face, in a small SQLite file beside the store.

write("fer2013", Note("train/fear/Training_1.jpg", mark="wrong label", label="surprise"))
read("fer2013")["train/fear/Training_1.jpg"].label

`data/<name>-notes.sqlite` has one row per face. Each change is one transaction that touches no other row: of two
people who write about the same face the later one is kept, and nothing else is lost.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from ferkit import files
from ferkit.errors import DataError, shown
from ferkit.text import printable

__all__ = ["LONGEST", "MARKS", "MOST", "Note", "check", "path_of", "read", "remove", "write"]

MARKS = ("wrong label", "ambiguous", "bad crop", "not a face")
MOST = 1_000_000  # notes that are read
LONGEST = {"face": 1000, "mark": 20, "label": 200, "tag": 60, "text": 2000, "author": 100, "changed": 40}  # characters
VERSION = 1
PATIENCE = 10.0  # seconds to wait for another process that is writing
BYTES = 1 << 20  # of one value in the file
TABLE = "notes"
CREATE = f"""CREATE TABLE {TABLE} (face TEXT PRIMARY KEY NOT NULL, mark TEXT NOT NULL, label TEXT NOT NULL,
    tag TEXT NOT NULL, text TEXT NOT NULL, author TEXT NOT NULL, changed TEXT NOT NULL)"""


@dataclass(frozen=True)
class Note:
    """What somebody says of one face. A note that says nothing is no note."""

    face: str  # id of the face in its dataset
    mark: str = ""  # one of MARKS, or ""
    label: str = ""  # of "wrong label": the class it should have
    tag: str = ""  # a mark of one's own
    text: str = ""
    author: str = ""
    changed: str = ""  # ISO 8601, UTC; the time of writing where it is empty

    @property
    def empty(self) -> bool:
        return not (self.mark or self.label or self.tag or self.text)


FIELDS = tuple(field.name for field in fields(Note))


def path_of(dataset: str) -> Path:
    """Where the notes on a dataset lie. Raises DataError for a name that could climb out of the folder."""
    return files.data_dir() / f"{files.check_name(dataset, 'A dataset name', DataError)}-notes.sqlite"


def check(note: Note, classes: Iterable[str] = ()) -> Note:
    """The note, if it can be kept: short texts without control characters (`text` may have several lines), a known
    mark, and a `label` that is one of `classes` where these are given. Raises DataError."""
    for name, longest in LONGEST.items():
        value = getattr(note, name)
        if len(value) > longest:
            raise DataError(f"A note's {name} has at most {longest:,} characters; got {len(value):,}. Shorten it.")
        lines = value.replace("\n", " ").replace("\t", " ") if name == "text" else value
        if printable(lines) != lines:
            raise DataError(f"A note's {name} should be plain text without control characters; got {shown(value)}.")
    if not note.face:
        raise DataError("A note needs the id of its face; got an empty one.")
    if note.mark and note.mark not in MARKS:
        raise DataError(f"A note's mark is one of {', '.join(MARKS)}; got {shown(note.mark)}.")
    known = tuple(classes)
    if known and note.label and note.label not in known:
        raise DataError(f"No class {shown(note.label)} in this dataset; it has {', '.join(known)}.")
    return note


def read(dataset: str) -> dict[str, Note]:
    """All notes on a dataset by face, the latest first; empty where there is no file. Raises DataError for a broken
    one."""
    path = path_of(dataset)
    if not path.is_file() or not path.stat().st_size:  # the first writer is about to fill it
        return {}
    with _opened(path) as connection:
        rows = connection.execute(
            f"SELECT {', '.join(FIELDS)} FROM {TABLE} ORDER BY changed DESC, face LIMIT {MOST}"
        ).fetchall()
    try:
        return {row[0]: check(Note(*row)) for row in rows}
    except (DataError, TypeError, AttributeError) as error:
        raise _broken(path, str(error)) from error


def write(dataset: str, *notes: Note, classes: Iterable[str] = ()) -> None:
    """Keep these notes, all of them or none, each in place of the one its face had; an empty one removes it.

    Raises DataError for a note that `check` refuses, a broken file, or one that cannot be written.
    """
    known = tuple(classes)
    checked = [check(note, known) for note in notes]
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    rows = [{**asdict(note), "changed": note.changed or now} for note in checked if not note.empty]
    values = ", ".join(f":{name}" for name in FIELDS)
    with _opened(path_of(dataset), create=True) as connection:
        connection.executemany(f"DELETE FROM {TABLE} WHERE face = ?", [(n.face,) for n in checked if n.empty])
        connection.executemany(f"INSERT OR REPLACE INTO {TABLE} ({', '.join(FIELDS)}) VALUES ({values})", rows)


def remove(dataset: str, *faces: str) -> None:
    """Remove the notes on these faces. Raises DataError as `write`."""
    write(dataset, *(Note(face) for face in faces))


@contextlib.contextmanager
def _opened(path: Path, *, create: bool = False) -> Iterator[sqlite3.Connection]:
    """A connection in a transaction of its own, which is kept when the block ends without an exception."""
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        mode = "rwc" if create else "rw"  # also to read: what a killed writer left is rolled back first
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=PATIENCE, isolation_level=None
        )
    except (sqlite3.Error, OSError) as error:
        raise _broken(path, str(error)) from error
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, BYTES)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("BEGIN IMMEDIATE" if create else "BEGIN")
        _check_schema(connection, path, create)
        yield connection
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        raise _unusable(path, str(error)) from error
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise _broken(path, str(error)) from error
    finally:
        connection.close()  # and so rolls back what was not committed


def _check_schema(connection: sqlite3.Connection, path: Path, create: bool) -> None:
    """Raise DataError for a file that holds anything but one table of notes: a trigger or a view of a stranger would
    run."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    objects = connection.execute("SELECT type, name FROM sqlite_master LIMIT 10").fetchall()
    if create and not objects and version == 0:
        connection.execute(CREATE)
        connection.execute(f"PRAGMA user_version = {VERSION}")
        return
    others = [entry for entry in objects if entry not in (("table", TABLE), ("index", f"sqlite_autoindex_{TABLE}_1"))]
    if version != VERSION or others or ("table", TABLE) not in objects:
        raise _broken(path, f"version {version}, expected {VERSION}" if version != VERSION else "it holds other tables")


def _broken(path: Path, reason: str) -> DataError:
    return DataError(
        f"{path.name} cannot be read as notes ({printable(' '.join(reason.split()))[:160]}). Move it away and bring "
        "the notes back from a CSV: python -m ferkit notes import NAME FILE"
    )


def _unusable(path: Path, reason: str) -> DataError:
    if "locked" in reason:
        return DataError(f"{path.name} is being written by another process. Try again in a moment.")
    if "readonly" in reason or "unable to open" in reason or "full" in reason or "disk I/O" in reason:
        return DataError(f"{path.name} cannot be written ({reason}). Free some space or open the folder to writing.")
    return _broken(path, reason)
