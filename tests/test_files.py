"""Folders appear whole, in the place of what was there, also when two processes want the place at once."""

import subprocess
import sys
from pathlib import Path

import pytest

from ferkit.files import whole_folder
from tests.worlds import ROOT

MANY = """
import sys
from pathlib import Path
from ferkit.files import whole_folder
for turn in range(200):
    with whole_folder(Path(sys.argv[1])) as beside:
        for name in "ab":
            (beside / name).write_text(f"{sys.argv[2]} {turn}")
"""


def test_a_folder_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "old").write_text("old")
    with pytest.raises(FileNotFoundError), whole_folder(tmp_path / "run") as beside:
        (beside / "nowhere" / "new").write_text("half")
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "old"]
    with whole_folder(tmp_path / "run") as beside:
        (beside / "new").write_text("new")
        assert (tmp_path / "run" / "old").is_file()
    assert [path.name for path in tmp_path.rglob("*")] == ["run", "new"]


def test_two_processes_after_one_place_both_get_through(tmp_path: Path) -> None:
    place = tmp_path / "run"
    both = [subprocess.Popen([sys.executable, "-c", MANY, str(place), name], cwd=ROOT) for name in ("first", "second")]
    assert [one.wait(60) for one in both] == [0, 0]
    assert (place / "a").read_text() == (place / "b").read_text() in ("first 199", "second 199")
    assert list(tmp_path.iterdir()) == [place]
