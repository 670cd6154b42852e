"""Trackers: the real packages, without a network."""

import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ferkit.cli import app
from ferkit.data import store
from ferkit.errors import ConfigError
from ferkit.runs import Run, open_run
from ferkit.train import tracking as track
from tests.worlds import World, tiny_faces

TRAIN = [
    "train",
    "--recipe",
    "quick",
    "--data",
    "tiny",
    "--set",
    "epochs=2",
    "--set",
    "precision=float32",
    "--set",
    "model_args.filters=4",
]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(tmp_path / "world")
    world.enter(monkeypatch)
    store.save(tiny_faces())
    monkeypatch.setattr("ferkit.evaluate.maps.layouts", lambda features, *rest: flat(features))
    return world


def flat(features):  # type: ignore[no-untyped-def]
    import pandas as pd

    return pd.DataFrame(dict.fromkeys(("umap_x", "umap_y", "pca_x", "pca_y"), features[:, 0]))


def test_tensorboard_holds_every_epoch(world: World) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    done = CliRunner().invoke(app, [*TRAIN, "--track", "tensorboard"])
    assert done.exit_code == 0, done.output
    events = EventAccumulator(str(world.checkpoints / ".tensorboard" / "quick"))
    events.Reload()
    history = open_run("quick").history()
    seen = events.Scalars("val_accuracy")
    assert [point.step for point in seen] == [1, 2]
    assert [point.value for point in seen] == pytest.approx(history["val_accuracy"].tolist())


def test_wandb_writes_offline(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_PROJECT": "test"}.items():
        monkeypatch.setenv(key, value)
    done = CliRunner().invoke(app, [*TRAIN, "--track", "wandb"])
    assert done.exit_code == 0, done.output
    (log,) = (world.checkpoints / ".wandb").rglob("*.wandb")
    assert log.parent.name.startswith("offline-run")
    end = time.time() + 30
    while (
        b"val_macro_f1" not in log.read_bytes()
    ):  # wandb's own process writes, and may do so after it said it was done
        assert time.time() < end
        time.sleep(0.1)


def test_nothing_is_tracked_by_default(world: World) -> None:
    assert CliRunner().invoke(app, [*TRAIN, "--no-evaluate"]).exit_code == 0
    assert [path.name for path in world.checkpoints.iterdir()] == ["quick"]


def test_unavailable_trackers_give_one_message(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    done = CliRunner().invoke(app, [*TRAIN, "--track", "paper"])
    assert done.exit_code == 2 and "Trackers are wandb and tensorboard" in done.output

    def missing(run: Run) -> None:
        raise ImportError

    monkeypatch.setitem(track.TRACKERS, "wandb", missing)
    with (
        pytest.raises(ConfigError, match="pip install wandb"),
        track.tracker("wandb", "x"),
    ):
        pass
