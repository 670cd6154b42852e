"""The pipeline of examples/dvc: its commands are those of the command line; where DVC is installed, it runs.

DVC is an extra of nobody: `pip install dvc` in any environment, and FERKIT_DVC=/there/bin/dvc, or `dvc` on the path.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import yaml

from ferkit.cli.lazy import load
from ferkit.data.synthetic import draw
from tests.worlds import ROOT

EXAMPLE = ROOT / "examples" / "dvc"
PIPELINE: dict[str, Any] = yaml.safe_load((EXAMPLE / "dvc.yaml").read_text("utf-8"))
PARAMS: dict[str, Any] = yaml.safe_load((EXAMPLE / "params.yaml").read_text("utf-8"))
DVC = os.environ.get("FERKIT_DVC") or shutil.which("dvc")
needs_dvc = pytest.mark.skipif(DVC is None, reason="DVC is not installed here")
Run = Callable[..., str]


def test_its_stages_follow_from_each_other_and_are_commands_of_ferkit() -> None:
    made = {"archive.zip"}
    for stage in PIPELINE["stages"].values():
        assert set(stage["deps"]) <= made and set(stage.get("params", ())) <= set(PARAMS)
        made |= set(stage["outs"])
        words = shlex.split(stage["cmd"])
        assert words[:3] == ["python", "-m", "ferkit"]
        command: Any = load(words[3])
        if hasattr(command, "commands"):
            command = command.commands[words[4]]
        options = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= options
    assert all(path.startswith(tuple(made)) for path in PIPELINE["metrics"])


@pytest.fixture
def dvc(tmp_path: Path) -> Run:
    """`dvc(*words)` in a repository with an archive of drawn faces and the pipeline, run once; returns what it says."""
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copy(EXAMPLE / name, tmp_path)
    _archive(tmp_path / "archive.zip", 70)
    _epochs(tmp_path, 1)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = os.environ | {
        "PATH": path, "PYTHONPATH": str(ROOT), "FERKIT_DATA": "data", "FERKIT_CHECKPOINTS": "checkpoints",
        "DVC_NO_ANALYTICS": "1", "GIT_CONFIG_GLOBAL": os.devnull,
    }  # fmt: skip

    def run(*words: str, program: str = DVC or "") -> str:
        done = subprocess.run([program, *words], cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run("init", "--quiet", program="git")
    run("init", "--quiet")
    run("add", "--quiet", "archive.zip")
    run("repro", "--quiet")
    return run


def _archive(path: Path, n: int) -> None:
    faces = draw(n)
    with zipfile.ZipFile(path, "w") as archive:
        for i, image in enumerate(faces.images):
            name = f"{faces.splits[i]}/{faces.classes[faces.labels[i]]}/{i:04d}.png"
            archive.writestr(name, cv2.imencode(".png", image)[1].tobytes())


def _epochs(folder: Path, n: int) -> None:
    (folder / "params.yaml").write_text(yaml.safe_dump(PARAMS | {"epochs": n}))


def _commit(dvc: Run, message: str) -> None:
    dvc("add", "--all", program="git")
    dvc("-c", "user.name=me", "-c", "user.email=me@host", "commit", "--quiet", "-m", message, program="git")


@needs_dvc
@pytest.mark.timeout(600)
def test_a_version_comes_back_and_only_what_changed_is_made_again(dvc: Run, tmp_path: Path) -> None:
    assert "up to date" in dvc("status")
    first = {path.name: path.read_bytes() for path in (tmp_path / "checkpoints" / "mine").iterdir()}
    store = (tmp_path / "data" / "faces.h5").read_bytes()
    _commit(dvc, "one epoch")
    _epochs(tmp_path, 2)
    assert "train" in dvc("status") and "import" not in dvc("status")
    assert "Stage 'import' didn't change" in dvc("repro")
    changes = json.loads(dvc("metrics", "diff", "--json"))["checkpoints/mine/run.json"]
    assert changes["config.epochs"] == {"old": 1, "new": 2, "diff": 1} and "scores.val.nll" in changes
    _commit(dvc, "two epochs")
    dvc("checkout", "--quiet", "HEAD~1", program="git")
    dvc("checkout", "--quiet")
    assert {path.name: path.read_bytes() for path in (tmp_path / "checkpoints" / "mine").iterdir()} == first
    assert (tmp_path / "data" / "faces.h5").read_bytes() == store
    assert "up to date" in dvc("status")


@needs_dvc
@pytest.mark.timeout(600)
@pytest.mark.parametrize("links", ["symlink", "hardlink"])
def test_linked_files_are_read_and_never_written_through(dvc: Run, tmp_path: Path, links: str) -> None:
    """DVC may link a large store out of its cache; a store and a run are replaced, not written into."""
    dvc("config", "cache.type", links)
    dvc("checkout", "--quiet", "--relink")
    store = tmp_path / "data" / "faces.h5"
    assert store.is_symlink() if links == "symlink" else store.stat().st_nlink == 2
    shown = json.loads(dvc("-m", "ferkit", "data", "show", "faces", "--json", program=sys.executable))
    assert shown["n"] == 70 and sum(np.ravel([list(part.values()) for part in shown["counts"].values()])) == 70
    dvc("-m", "ferkit", "evaluate", "mine", "--split", "test", "--no-map", program=sys.executable)
    assert "modified:           checkpoints/mine" in dvc("status")
    dvc("checkout", "--quiet", "--force")
    assert "up to date" in dvc("status"), "the cache still has what was tracked"
    assert not (tmp_path / "checkpoints" / "mine" / "test.parquet").exists()
