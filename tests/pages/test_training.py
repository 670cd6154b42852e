"""Training: curves, pace, states, and settings side by side."""

import json
import os
import shutil
import time

import pandas as pd
import pytest

from dashboard.results import progress
from ferkit.runs import Run, create
from tests.manifests import manifest

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3],
        "lr": [0.1, 0.05, 0.0],
        "train_loss": [2.0, 1.5, 1.2],
        "train_accuracy": [0.3, 0.4, 0.5],
        "val_loss": [1.9, 1.4, 1.5],
        "val_accuracy": [0.35, 0.6, 0.55],
        "val_macro_f1": [0.3, 0.5, 0.5],
        "seconds": [60.0, 60.0, 60.0],
        "images_per_second": [500.0, 520.0, 510.0],
    }
)


def run(path, status: str) -> Run:  # type: ignore[no-untyped-def]
    return create(path, manifest(status=status, epochs_done=3, config={"epochs": 9}, device="2 CPU threads"))


def test_the_pace_of_a_run(tmp_path) -> None:
    row = progress.summary(run(tmp_path / "a", "finished"), HISTORY)
    assert (row["epochs"], row["in epoch"], row["time"], row["s/epoch"]) == (3, 2, "3 min", 60.0)
    assert row["best val"] == pytest.approx(60)


def test_a_state_tells_what_to_do(tmp_path) -> None:
    assert progress.standing(run(tmp_path / "a", "finished"), HISTORY).advice == ""
    busy = run(tmp_path / "b", "training")
    assert progress.standing(busy, HISTORY).label == "b: training, epoch 3 of 9"
    assert "--resume --name c" in progress.standing(run(tmp_path / "c", "interrupted"), HISTORY).advice
    then = time.time() - 7200
    os.utime(busy.path / "run.json", (then, then))
    killed = progress.standing(busy, HISTORY)
    assert "has said nothing for 2 h" in killed.advice and "--resume --name b" in killed.advice


def test_the_page_draws_both_runs_and_marks_what_differs(gray_world, app) -> None:
    at = app(gray_world, "training", run="alpha", base="beta")
    assert not at.exception
    assert "**alpha reached " in "".join(one.value for one in at.markdown)
    pace, settings = (at.dataframe[i].value for i in (0, 1))
    assert pace["run"].tolist() == ["alpha", "beta"]
    assert settings.loc["model"].tolist() == ["base-cnn", "lenet"] and "lr" not in settings.index
    at.toggle(key="only-differences").set_value(False).run()
    assert at.dataframe[1].value.loc["batch"].tolist() == ["32", "32"]
    assert not any(toggle.key == "refresh" for toggle in at.toggle)


def test_a_run_under_way_or_without_history_is_told(gray_world, app, tmp_path) -> None:
    world = type(gray_world)(tmp_path / "busy")
    shutil.copytree(gray_world.checkpoints, world.checkpoints, dirs_exist_ok=True)
    meta = json.loads((world.checkpoints / "beta" / "run.json").read_text())
    (world.checkpoints / "beta" / "history.csv").unlink()
    (world.checkpoints / "beta" / "run.json").write_text(json.dumps(meta | {"status": "training"}))
    at = app(world, "training", run="alpha", base="beta")
    assert not at.exception
    assert "No epoch told yet: beta." in [one.value for one in at.caption]
    assert at.toggle(key="refresh").value is False


def test_other_worlds_are_drawn_or_tell_the_next_step(colour_world, imageless_world, empty_world, app) -> None:
    assert not app(colour_world, "training", data="colour").exception
    assert not app(imageless_world, "training").exception
    at = app(empty_world, "training")
    assert not at.exception and "python -m ferkit train" in at.info[0].value
