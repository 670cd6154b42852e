"""Notes: kept one by one, by several processes at once, and never read from a file that is something else."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ferkit.data import notes
from ferkit.data.notes import Note
from ferkit.errors import DataError
from tests.worlds import ROOT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path))
    return tmp_path


def test_what_is_written_is_read() -> None:
    assert notes.read("tiny") == {}
    assert not notes.path_of("tiny").exists()  # reading makes no file
    notes.write("tiny", Note("a/1", "wrong label", "sad", "glasses", "a\nb", "me"), Note("a/2", tag="later"))
    kept = notes.read("tiny")
    assert kept["a/1"].label == "sad" and kept["a/1"].text == "a\nb" and kept["a/1"].changed.endswith("+00:00")
    notes.write("tiny", Note("a/1", "ambiguous"))  # in place of the first
    notes.write("tiny", Note("a/2"))  # says nothing
    assert {face: note.mark for face, note in notes.read("tiny").items()} == {"a/1": "ambiguous"}
    notes.remove("tiny", "a/1", "a/9")
    assert notes.read("tiny") == {}
    assert notes.read("other") == {}


def test_the_latest_comes_first() -> None:
    notes.write("tiny", Note("old", tag="x", changed="2026-01-01"), Note("new", tag="x", changed="2026-02-01"))
    assert list(notes.read("tiny")) == ["new", "old"]


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (Note("", tag="x"), "needs the id"),
        (Note("a", mark="silly"), "mark is one of"),
        (Note("a", label="glad"), "No class 'glad'"),
        (Note("a", text="x" * 2001), "at most 2,000 characters; got 2,001"),
        (Note("a", tag="\x1b[2J"), "control characters"),
        (Note("a", text="\u202e"), "control characters"),
        (Note("a" * 1001), "at most 1,000"),
    ],
)
def test_what_cannot_be_kept_is_refused_whole(note: Note, message: str) -> None:
    with pytest.raises(DataError, match=message):
        notes.write("tiny", Note("good", tag="x"), note, classes=("sad", "happy"))
    assert notes.read("tiny") == {}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1, max_size=50), st.text(max_size=80))
def test_any_text_is_kept_as_it_is_or_refused(face: str, text: str) -> None:
    note = Note(face, "ambiguous", text=text)
    try:
        notes.check(note)
    except DataError:
        with pytest.raises(DataError):
            notes.write("tiny", note)
        return
    notes.write("tiny", note)
    assert notes.read("tiny")[face].text == text


WRITER = """
import sys
from ferkit.data import notes
from ferkit.data.notes import Note
who = sys.argv[1]
for i in range(60):
    notes.write("tiny", Note(f"{who}/{i}", tag="x", author=who), Note("both", text=f"{who} {i}", author=who))
"""


def test_two_processes_lose_nothing(folder: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, who], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        for who in ("ann", "bob")
    ]
    for writer in writers:
        _, errors = writer.communicate(timeout=100)
        assert writer.returncode == 0, errors
    kept = notes.read("tiny")
    assert len(kept) == 121
    assert kept["both"].text in ("ann 59", "bob 59")  # the last one
    assert sorted(path.name for path in folder.iterdir()) == ["tiny-notes.sqlite"]


def test_threads_of_one_process_lose_nothing_either() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: notes.write("tiny", Note(f"a/{i}", tag="x")), range(80)))
    assert len(notes.read("tiny")) == 80


def test_a_writer_that_dies_leaves_the_notes_as_they_were() -> None:
    notes.write("tiny", Note("a", tag="before"))
    script = (
        "import os, sqlite3\n"
        f"c = sqlite3.connect({str(notes.path_of('tiny'))!r}, isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN IMMEDIATE')\n"
        "for i in range(3000): c.execute('INSERT INTO notes VALUES (?,?,?,?,?,?,?)', (str(i), *['x' * 90] * 6))\n"
        "os._exit(1)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 1
    assert list(notes.read("tiny")) == ["a"]


def test_a_file_that_waits_too_long_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    notes.write("tiny", Note("a", tag="x"))
    monkeypatch.setattr(notes, "PATIENCE", 0.05)
    other = sqlite3.connect(notes.path_of("tiny"), isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(DataError, match="written by another process"):
            notes.write("tiny", Note("b", tag="x"))
    finally:
        other.close()


def _sql(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "harm",
    [
        "CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END",
        "CREATE TABLE more (x)",
        "PRAGMA user_version = 9",
        "UPDATE notes SET mark = 'silly'",
        "UPDATE notes SET text = x'ff'",
        "UPDATE notes SET text = printf('%.5000c', 'x')",
        "UPDATE notes SET text = printf('%.2000000c', 'x')",
    ],
)
def test_a_strangers_file_is_refused(harm: str) -> None:
    notes.write("tiny", Note("a", tag="x"))
    _sql(notes.path_of("tiny"), harm)
    with pytest.raises(DataError, match="cannot be read as notes"):
        notes.read("tiny")


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_bytes_that_are_no_database(content: bytes) -> None:
    notes.path_of("tiny").write_bytes(content)
    for use in (lambda: notes.read("tiny"), lambda: notes.write("tiny", Note("a", tag="x"))):
        with pytest.raises(DataError, match="cannot be read as notes"):
            use()
    assert notes.path_of("tiny").read_bytes() == content


def test_a_view_in_place_of_the_table_is_refused() -> None:
    _sql(notes.path_of("tiny"), "CREATE VIEW notes AS SELECT 1", "PRAGMA user_version = 1")
    with pytest.raises(DataError, match="other tables"):
        notes.read("tiny")


def test_names_stay_in_the_folder() -> None:
    with pytest.raises(DataError, match="A dataset name"):
        notes.read("../climb")
