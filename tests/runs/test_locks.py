"""Two processes that change one run at once lose nothing."""

import subprocess
import sys
from pathlib import Path

from ferkit import runs
from tests.manifests import manifest, scores
from tests.worlds import ROOT

WRITER = """
import sys
from pathlib import Path
from ferkit import runs
from tests.manifests import scores
path, first, dataset = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
run = runs.open_folder(path)
print("ready", flush=True)
sys.stdin.readline()
for i in range(first, first + 40):
    runs.update(path, lambda manifest: manifest.replace(config={**manifest.config, f"key {i}": i}))
    run.add_scores(dataset, ("train", "val")[first > 0], scores(("Sad", "Happy"), i / 100))
"""


def test_two_processes_change_one_run_and_lose_nothing(tmp_path: Path) -> None:
    run = runs.create(tmp_path / "run", manifest())
    (run.path / "on-others").mkdir()
    for dataset in ("faces", "others"):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(run.path), str(first), dataset],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )
            for first in (0, 50)
        ]  # fmt: skip
        for writer in writers:
            assert writer.stdout is not None and writer.stdout.readline() == "ready\n"
        assert [writer.communicate("go\n")[0] for writer in writers] == ["", ""]
        assert [writer.returncode for writer in writers] == [0, 0]
        opened = runs.open_folder(run.path)
        assert {int(key.split()[1]) for key in opened.manifest.config} == {*range(40), *range(50, 90)}
        stored = opened.results(dataset).scores
        assert stored == {"train": scores(run.classes, 0.39), "val": scores(run.classes, 0.89)}
    assert sorted(path.name for path in run.path.iterdir()) == [
        "on-others",
        "run.json",
    ]  # no lock, nothing half-written
