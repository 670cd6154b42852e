"""Two real processes train what one trains."""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.data import store
from tests.worlds import ROOT, World, tiny_faces

LAUNCH = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2")
PLAIN = (
    "augment.crop=48",
    *(f"augment.{key}=0" for key in ("rotate", "scale", "shift", "flip", "light", "erase", "mixup", "small")),
)
SAME = (
    "model_args.dropout=0",
    "epochs=2",
    "batch=50",
    "precision=float32",
    "ema=0.9",
    *PLAIN,
)  # 168 faces: a last batch of 18


@pytest.fixture
def world(tmp_path, monkeypatch: pytest.MonkeyPatch) -> World:  # type: ignore[no-untyped-def]
    world = World(tmp_path / "world")
    world.enter(monkeypatch)
    store.save(tiny_faces())
    return world


def words(name: str, *settings: str) -> list[str]:
    chosen = [word for setting in settings for word in ("--set", setting)]
    return ["train", "--recipe", "lenet", "--data", "tiny", "--no-evaluate", "--name", name, *chosen]


def together(world: World, name: str, *settings: str) -> str:
    environment = world.environment | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error::UserWarning"}
    command = [*LAUNCH, "-m", "ferkit", *words(name, *settings)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_processes_reach_the_weights_of_one(world: World) -> None:
    log = together(world, "two", *SAME)
    assert log.count("epoch   1") == 1 and log.count("Look at it") == 1  # only the first process prints
    alone = CliRunner().invoke(app, words("one", *SAME))
    assert alone.exit_code == 0, alone.output
    single, two = (load_file(world.checkpoints / name / "model.safetensors") for name in ("one", "two"))
    for key in single:
        np.testing.assert_allclose(two[key], single[key], atol=1e-4, err_msg=key)
    histories = [pd.read_csv(world.checkpoints / name / "history.csv") for name in ("one", "two")]
    for column in ("train_loss", "train_accuracy", "val_loss", "val_accuracy", "lr"):
        np.testing.assert_allclose(histories[1][column], histories[0][column], atol=1e-4, err_msg=column)
    meta = json.loads((world.checkpoints / "two" / "run.json").read_text())
    assert meta["status"] == "finished" and meta["device"] == "2 × 1 CPU threads"
    assert not (world.checkpoints / "two" / "state.pt").exists()
