"""Files and folders appear completely or not at all, in the place of what was there, also when two processes want the
place at once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ferkit.errors import FerkitError
from ferkit.files import NODE, atomic_folder, atomic_write, data_dir, runs_dir
from tests.worlds import ROOT

MANY = """
import sys
from pathlib import Path
from ferkit.files import atomic_folder
for turn in range(200):
    with atomic_folder(Path(sys.argv[1])) as partial:
        for name in "ab":
            (partial / name).write_text(f"{sys.argv[2]} {turn}")
"""


def test_a_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "old").write_text("old")
    with pytest.raises(FileNotFoundError), atomic_folder(tmp_path / "run") as partial:
        (partial / "nowhere" / "new").write_text("half")
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "old"]
    with atomic_folder(tmp_path / "run") as partial:
        (partial / "new").write_text("new")
        assert (tmp_path / "run" / "old").is_file()
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "new"]


def test_two_processes_writing_one_folder_both_succeed(tmp_path: Path) -> None:
    place = tmp_path / "run"
    both = [subprocess.Popen([sys.executable, "-c", MANY, str(place), name], cwd=ROOT) for name in ("first", "second")]
    assert [child.wait(60) for child in both] == [0, 0]
    assert (place / "a").read_text() == (place / "b").read_text() in ("first 199", "second 199")
    assert list(tmp_path.iterdir()) == [place]


def fail(partial: Path) -> None:
    partial.write_text("half")
    raise OSError(28, "No space left on device")


def test_a_file_is_replaced_completely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "run.json"
    with atomic_write(path) as partial:
        partial.write_text("old")
    with pytest.raises(FerkitError, match=r"Could not write run\.json: No space left"), atomic_write(path) as partial:
        fail(partial)
    assert path.read_text() == "old" and list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_gives_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(FerkitError, match=r"Could not write run\.json"),
        atomic_write(tmp_path / "file" / "run.json") as partial,
    ):
        partial.write_text("new")


@pytest.fixture
def dead() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_next_writer_removes_what_a_killed_one_left(tmp_path: Path, dead: int) -> None:
    gone = [f".run.json.{dead}.partial", f".run.json.{NODE}-{dead}-3.partial"]
    alive = [f".run.json.{NODE}-{os.getppid()}-3.partial", f".run.json.elsewhere-{dead}-3.partial"]
    others = [f".val.parquet.{dead}.partial", ".run.json.partial", ".run.json.bak"]
    for name in (*gone, *alive, *others):
        (tmp_path / name).write_text("half")
    with atomic_write(tmp_path / "run.json") as partial:
        partial.write_text("{}")
    assert {path.name for path in tmp_path.iterdir()} == {*alive, *others, "run.json"}


def test_a_folder_taken_out_of_its_place_by_a_killed_process_goes_back(tmp_path: Path, dead: int) -> None:
    (tmp_path / f".run.{NODE}-{dead}-0.old").mkdir()
    (tmp_path / f".run.{NODE}-{dead}-0.old" / "weights").write_text("kept")
    with pytest.raises(KeyError), atomic_folder(tmp_path / "run"):
        raise KeyError
    assert (tmp_path / "run" / "weights").read_text() == "kept" and len(list(tmp_path.iterdir())) == 1


def test_runs_and_data_are_in_the_current_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FERKIT_CHECKPOINTS", "/elsewhere/runs")
    monkeypatch.delenv("FERKIT_DATA")
    assert (runs_dir(), data_dir()) == (Path("/elsewhere/runs"), tmp_path / "data")
    monkeypatch.setenv("FERKIT_CHECKPOINTS", "")
    assert runs_dir() == tmp_path / "checkpoints"
