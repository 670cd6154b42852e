"""Two imports of one name at once."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from ferkit.data import importing, store
from ferkit.data.claim import claimed
from ferkit.data.importing import import_faces
from ferkit.errors import DataError
from tests.worlds import ROOT

HOLD = """
import sys, time
from pathlib import Path
from ferkit.data.claim import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_import_of_a_name_is_refused_until_the_first_ends(folder: Path, make: Any) -> None:
    source, path = make.folder(folder / "in", make.splits()), store.path_of("x")
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as other:
        try:
            assert other.stdout is not None and other.stdout.readline() == "held\n"
            make.refused(source, "The dataset 'x' is being imported already")
            command = [sys.executable, "-m", "ferkit", "data", "import", str(source), "--name", "x"]
            done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
            assert (done.returncode, done.stdout) == (2, "") and "is being imported already" in done.stderr
            assert len(import_faces(source, "y").faces) == 18  # another name is free
        finally:
            other.kill()
    assert len(import_faces(source, "x").faces) == 18


def test_two_threads_of_one_process_exclude_each_other(folder: Path) -> None:
    with claimed(folder / "x.h5"), pytest.raises(DataError, match="already"), claimed(folder / "x.h5"):
        pass


def test_what_appeared_meanwhile_is_not_replaced(folder: Path, make: Any) -> None:
    source = make.folder(folder / "in", make.splits())
    import_faces(source, "x")
    with pytest.raises(DataError, match="There is a dataset 'x' already"):
        import_faces(source, "x", replace=False)


def test_progress_is_reported_when_seconds_have_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    now, seen = time.monotonic(), []
    monkeypatch.setattr(importing.time, "monotonic", lambda: now)
    call = importing._throttled(lambda done, total: seen.append(done))
    for done in range(1, 100):
        now += 1
        call(done, 100_000)
    assert seen[:3] == [1, 7, 13]
