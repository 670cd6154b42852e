"""Notes as CSV, out and in again. The columns `id` and `label` are those that `ferkit train --corrections` reads."""

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict

from ferkit.data.faces import Faces
from ferkit.data.notes import MOST, Note, check
from ferkit.errors import DataError, shown

__all__ = ["COLUMNS", "as_csv", "from_csv"]

COLUMNS = ("id", "mark", "label", "tag", "text", "author", "changed")
LARGEST = 64 << 20  # bytes of a file


def as_csv(notes: Iterable[Note]) -> str:
    """A table with one row per note; the line ends in texts stay as they are."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(asdict(note).values() for note in notes)
    return out.getvalue()


def from_csv(content: str | bytes, faces: Faces | None = None) -> list[Note]:
    """The notes in a table with a column `id` and any of the others; rows that say nothing are left out.

    With `faces`, ids and classes must be theirs. Raises DataError, naming the row, for anything else.
    """
    rows = csv.DictReader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        names = [name.strip().casefold() for name in rows.fieldnames or ()]
        rows.fieldnames = names
        _check_columns(names)
        parsed = [_note(row) for row, _ in zip(rows, range(MOST + 1), strict=False)]
    except csv.Error as error:
        raise DataError(f"Row {rows.line_num:,} cannot be read as CSV ({error}). Save it as CSV in UTF-8.") from error
    if len(parsed) > MOST:
        raise DataError(f"A table of notes has at most {MOST:,} rows. Split it.")
    known = None if faces is None else set(faces.ids.tolist())
    kept = [_checked(i, note, known, faces) for i, note in enumerate(parsed, 2)]
    return [note for note in kept if not note.empty]


def _text(content: str | bytes) -> str:
    if len(content) > LARGEST:
        raise DataError(f"A table of notes has at most {LARGEST >> 20} MB. Split it.")
    if isinstance(content, str):
        return content.removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError("Expected CSV in UTF-8, got other bytes. Save it as CSV in UTF-8.") from error


def _check_columns(names: list[str]) -> None:
    if "id" not in names or not set(names) & set(COLUMNS[1:]):
        raise DataError(
            f"Expected a table of notes with the columns {', '.join(COLUMNS)}, got {shown(', '.join(names))}."
        )


def _note(row: dict[str, str | None]) -> Note:
    values = {name: (row.get(name) or "").replace("\r\n", "\n") for name in COLUMNS}
    texts = {name: value if name == "text" else value.strip() for name, value in values.items() if name != "id"}
    return Note(face=values["id"], **texts)


def _checked(line: int, note: Note, known: set[str] | None, faces: Faces | None) -> Note:
    try:
        check(note, faces.classes if faces else ())
        if known is not None and note.face not in known:
            raise DataError(f"No face {shown(note.face)} in this dataset. Correct the id or remove the row.")
    except DataError as error:
        raise DataError(f"Row {line:,}: {error}") from error
    return note
