"""Corrected labels: read from a CSV or the notes, applied to the splits that were asked for."""

from pathlib import Path

import numpy as np
import pytest

from ferkit.data import corrections, notes
from ferkit.data.faces import Faces
from ferkit.data.notes import Note
from ferkit.data.notes_csv import as_csv as notes_as_csv
from ferkit.errors import DataError


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path))
    return tmp_path


def other(faces: Faces, row: int) -> str:
    """A class that the face does not have."""
    return faces.classes[(faces.labels[row] + 1) % len(faces.classes)]


def test_a_file_corrects_train_only(folder: Path, faces: Faces) -> None:
    last = len(faces) - 1  # of val
    lines = ["file,label", f"0,{other(faces, 0).upper()}", f"{faces.ids[last]},{other(faces, last)}"]
    lines += [f"{faces.ids[1]},{faces.classes[faces.labels[1]]}", f"{faces.ids[2]},"]  # what it is already; no label
    (folder / "mine.csv").write_text("\n".join(lines))
    given = corrections.read("mine.csv", faces)
    assert len(given) == 3 and given.source == "mine.csv"
    assert given.rows(faces).tolist() == [0, last]
    applied = given.apply(faces)
    assert np.flatnonzero(applied.labels != faces.labels).tolist() == [0]
    assert applied.classes[applied.labels[0]] == other(faces, 0)
    assert applied.fingerprint == faces.fingerprint
    assert given.apply(faces, ("train", "val")).labels[last] != faces.labels[last]
    assert given.apply(faces, ()).labels.tolist() == faces.labels.tolist()


def test_out_and_in_again(faces: Faces) -> None:
    given = corrections.of_labels("mine.csv", faces.ids[:5].tolist(), [other(faces, i) for i in range(5)], faces)
    again = corrections.parse(corrections.as_csv(given).encode(), "corrections.csv", faces)
    assert again.labels == given.labels and again.digest == given.digest and len(given.digest) == 16
    fewer = corrections.of_labels("mine.csv", faces.ids[:4].tolist(), [other(faces, i) for i in range(4)], faces)
    assert fewer.digest != given.digest


def test_notes_are_corrections_and_so_is_their_csv(folder: Path, faces: Faces) -> None:
    with pytest.raises(DataError, match="has a corrected label"):
        corrections.read("notes", faces)
    notes.write(
        faces.name, Note(str(faces.ids[0]), "wrong label", other(faces, 0)), Note(str(faces.ids[1]), "ambiguous")
    )
    given = corrections.read("notes", faces)
    assert given.labels == {faces.ids[0]: other(faces, 0)}
    (folder / "out.csv").write_text(notes_as_csv(notes.read(faces.name).values()))
    assert corrections.read(str(folder / "out.csv"), faces).digest == given.digest


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,label\nnobody,sad\n", "'nobody', which is no face of 'noise'"),
        ("id,label\nnoise/0,glad\n", "to 'glad', which is no class"),
        ("id,label\nnoise/0,sad\n0,happy\n", "two labels"),
        ("id,emotion\nnoise/0,sad\n", "needs a column `id` or `file`"),
        ("id,label\nnoise/0,\n", "no row with a label"),
        ("", "cannot be read as CSV"),
        ("id,label\n" + "\x1b[2J" * 9 + ",sad\n", "no face of"),
    ],
)
def test_what_is_refused(folder: Path, faces: Faces, content: str, message: str) -> None:
    (folder / "bad.csv").write_text(content)
    with pytest.raises(DataError, match=message) as caught:
        corrections.read("bad.csv", faces)
    assert "\x1b" not in str(caught.value)


def test_what_is_no_file(folder: Path, faces: Faces) -> None:
    with pytest.raises(DataError, match=r"No file 'absent\.csv'"):
        corrections.read("absent.csv", faces)
    with pytest.raises(DataError, match="a folder"):
        corrections.read(str(folder), faces)
