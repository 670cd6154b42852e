"""A name is trained by one process at a time, and the run that was there stays until the new one has an epoch."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ferkit import runs
from ferkit.cli import app
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import RunError, TrainError
from ferkit.runs import Run, pixel_hashes
from ferkit.train.config import parse
from ferkit.train.fit import fit
from ferkit.train.loop import Epoch
from tests.worlds import ROOT, World, tiny_faces

SMALL = {"model_args": {"filters": 4}, "batch": 32, "warmup": 0, "epochs": 1, "precision": "float32"}
HOLDER = """
import sys
from pathlib import Path
from ferkit.runs import claim
with claim(Path(sys.argv[1])):
    print("claimed", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def faces() -> Faces:
    return tiny_faces(n=120)


@pytest.fixture
def old(tmp_path: Path, faces: Faces) -> Run:
    return fit(parse(SMALL), faces, tmp_path / "run")


def everything(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_training_that_fails_at_once_leaves_the_run_that_was_there(old: Run, faces: Faces) -> None:
    before = everything(old.path)
    with pytest.raises(TrainError):
        fit(parse(SMALL), faces, old.path, on_step=fail)
    assert everything(old.path) == before and os.listdir(old.path.parent) == ["run"]


def fail(step: object) -> None:
    raise TrainError("The loss is not finite.")


def test_a_training_stopped_in_its_first_epoch_leaves_the_run_that_was_there(old: Run, faces: Faces) -> None:
    before = everything(old.path)

    def stop(step: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(parse(SMALL), faces, old.path, on_step=stop)
    assert everything(old.path) == before and os.listdir(old.path.parent) == ["run"]


def test_the_new_run_takes_its_place_after_the_first_epoch(old: Run, faces: Faces) -> None:
    (old.path / "val.parquet").write_text("of the old one")
    (old.path.parent / ".run.new").mkdir()  # left by a killed training
    (old.path.parent / ".run.new" / "weights").write_text("half")

    def stop(row: Epoch) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(parse(SMALL | {"epochs": 3, "seed": 5}), faces, old.path, on_epoch=stop)
    stopped = runs.open_folder(old.path)
    assert (stopped.manifest.seed, stopped.manifest.epochs_done, stopped.manifest.status) == (5, 1, "interrupted")
    assert not (old.path / "val.parquet").exists() and os.listdir(old.path.parent) == ["run"]
    resumed = fit(parse(SMALL | {"epochs": 2, "seed": 5}), faces, old.path, resumed=True)
    assert (resumed.manifest.epochs_done, resumed.manifest.status) == (2, "finished")


def test_a_second_training_of_one_name_gives_one_message(
    tmp_path: Path, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path / "world")
    world.enter(monkeypatch)
    store.save(faces)
    path = world.checkpoints / "quick"
    first = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert first.stdout is not None and first.stdout.readline() == "claimed\n"
    words = ["train", "--recipe", "quick", "--data", "tiny", "--no-evaluate", "--set", "epochs=1"]
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 2
    assert "quick is being trained by another process" in " ".join(refused.output.split())
    assert not path.exists()
    first.communicate("done\n")
    path.mkdir()  # as a training leaves it that was killed before its first run.json
    (path / "model.safetensors").write_text("half")
    assert CliRunner().invoke(app, words).exit_code == 0
    assert runs.open_run("quick").manifest.status == "finished"


def test_a_run_that_another_process_finished_after_the_check_of_its_name_is_not_replaced(
    old: Run, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(old.path)
    with pytest.raises(RunError, match="There is a run 'run' already"):
        fit(parse(SMALL), faces, old.path, replace=False)
    assert everything(old.path) == before and os.listdir(old.path.parent) == ["run"]
    monkeypatch.setattr("ferkit.cli.train.check_free", lambda path: None)  # as if the name had been free
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(old.path.parent))
    store.save(faces)
    words = ["train", "--recipe", "quick", "--data", "tiny", "--name", "run", "--no-evaluate"]
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 2 and "There is a run 'run' already" in " ".join(refused.output.split())
    assert everything(old.path) == before


def test_a_resumed_run_that_another_process_has_finished_is_refused(old: Run, faces: Faces) -> None:
    with pytest.raises(RunError, match="is finished after 1 epochs"):
        fit(parse(SMALL), faces, old.path, resumed=True)


def test_a_run_remembers_the_pixels_it_was_trained_on(old: Run, faces: Faces) -> None:
    hashes = old.train_hashes()
    assert hashes is not None and hashes.dtype == np.uint64 and (np.diff(hashes.astype(object)) > 0).all()
    assert set(hashes.tolist()) == set(pixel_hashes(faces.split("train").images).tolist())
    assert np.isin(pixel_hashes(faces.images), hashes).sum() == ((faces.splits == "train") | faces.leaked).sum()
    turned = np.ascontiguousarray(faces.images[:, ::-1])
    assert not np.isin(pixel_hashes(turned), hashes).any()


@pytest.mark.parametrize("content", [b"", b"state", b"PK\x03\x04"])
def test_a_broken_state_gives_one_message(old: Run, faces: Faces, content: bytes) -> None:
    old.update(status="interrupted")
    (old.path / "state.pt").write_bytes(content)
    with pytest.raises(RunError, match=r"run/state\.pt cannot"):
        fit(parse(SMALL), faces, old.path, resumed=True)
