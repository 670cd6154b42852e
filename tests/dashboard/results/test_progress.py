"""The state of a training: what the badge says, what to do, how fast it was."""

import os
import time

import pandas as pd
import pytest

from dashboard.results import progress
from ferkit.runs import Run, create
from tests.manifests import manifest

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3],
        "val_accuracy": [0.35, 0.6, 0.55],
        "seconds": [60.0, 60.0, 60.0],
        "images_per_second": [500.0, 520.0, 510.0],
    }
)


def run(path, status: str) -> Run:  # type: ignore[no-untyped-def]
    return create(path, manifest(status=status, epochs_done=3, config={"epochs": 9}, device="2 CPU threads"))


def test_the_pace_and_the_best_epoch_of_a_run(tmp_path) -> None:
    row = progress.summary(run(tmp_path / "a", "finished"), HISTORY)
    assert (row["epochs"], row["best epoch"], row["time"], row["s/epoch"]) == (3, 2, "3 min", 60.0)
    assert (row["best val accuracy"], row["last val accuracy"]) == (pytest.approx(0.6), pytest.approx(0.55))
    assert row["device"] == "2 CPU threads"


def test_a_state_says_what_to_do(tmp_path) -> None:
    assert progress.standing(run(tmp_path / "a", "finished"), HISTORY).advice == ""
    busy = run(tmp_path / "b", "training")
    assert progress.standing(busy, HISTORY).label == "b: training, epoch 3 of 9"
    assert "--resume --name c" in progress.standing(run(tmp_path / "c", "interrupted"), HISTORY).advice
    then = time.time() - 7200
    os.utime(busy.path / "run.json", (then, then))
    killed = progress.standing(busy, HISTORY)
    assert killed.label.endswith("stalled")
    assert "has written nothing for 2 h" in killed.advice and "--resume --name b" in killed.advice


def test_the_sentence_names_the_best_epoch_and_the_trend() -> None:
    assert progress.sentence("a", HISTORY) == "**a reached 60.0% val accuracy in epoch 2 of 3.**"
    longer = pd.DataFrame({"epoch": range(1, 7), "val_accuracy": [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]})
    assert progress.sentence("a", longer).endswith("The mean of its last 3 epochs is 30.0 points above the 3 before.")
