"""The run folder: what is saved is what is read."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ferkit import runs
from ferkit.errors import RunError

META = {
    "status": "finished",
    "model": {"name": "lenet", "args": {"dropout": 0.1}},
    "classes": ["Sad", "Happy"],
    "input": {"size": 8, "channels": 1, "mean": [0.5], "std": [0.2]},
    "data": {"name": "faces", "fingerprint": "f"},
    "config": {"model": "lenet", "model_args": {"dropout": 0.1}, "lr": 0.1, "augment": {"flip": 0.5}},
    "scores": {},
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> runs.Run:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    (tmp_path / "first").mkdir()
    made = runs.Run(tmp_path / "first", json.loads(json.dumps(META)))
    made.save()
    return made


def test_saved_and_opened(run: runs.Run) -> None:
    opened = runs.open_run("first")
    assert opened.meta == run.meta
    assert (opened.name, opened.classes, opened.dataset) == ("first", ("Sad", "Happy"), "faces")
    assert runs.names() == ["first"]


def test_no_number_is_saved_as_null(run: runs.Run) -> None:
    run.meta["loss"] = float("nan")
    run.save()
    assert runs.open_run("first").meta["loss"] is None


def test_results_are_read_as_written(run: runs.Run) -> None:
    table = pd.DataFrame(
        {"id": ["x", "y"], "label": [1, 0], "leaked": [False, True], "logit Sad": [1.0, 2.0], "logit Happy": [3.0, 4.0]}
    )
    table.to_parquet(run.path / "val.parquet")
    np.save(run.path / "val-features.npy", np.ones((2, 3), np.float16))
    results = run.results()
    assert results.predictions("val").equals(table)
    assert results.logits("val").tolist() == [[1, 3], [2, 4]]
    assert results.features("val").shape == (2, 3)
    assert results.has("val", ".parquet")
    assert not results.has("val", "-map.parquet")


def test_what_is_not_there_says_how_to_make_it(run: runs.Run) -> None:
    with pytest.raises(RunError, match=r"no test\.parquet.*ferkit evaluate"):
        run.results().predictions("test")


def test_another_dataset_has_a_folder_of_its_own(run: runs.Run) -> None:
    assert run.results("others").scores == {}
    (run.path / "on-others").mkdir()
    (run.path / "on-others" / "scores.json").write_text('{"test": {"n": 3}}')
    assert run.results("others").scores == {"test": {"n": 3}}
    assert run.datasets() == ["others"]
    run.meta["scores"] = {"train": {}, "val": {}}
    assert run.datasets() == ["faces", "others"]
    assert run.results().splits == ["val", "train"]


def test_no_history_is_an_empty_table(run: runs.Run) -> None:
    assert len(run.history()) == 0
    (run.path / "history.csv").write_text("epoch,lr\n1,0.5\n")
    assert run.history()["lr"].tolist() == [0.5]


def test_key_changes_with_the_weights(run: runs.Run) -> None:
    before = run.key
    run.weights.write_bytes(b"123")
    assert run.key != before


def test_settings_are_one_flat_row(run: runs.Run) -> None:
    assert runs.settings(run) == {"model": "lenet", "model.dropout": 0.1, "lr": 0.1, "augment.flip": 0.5}


@pytest.mark.parametrize("name", ["../first", "a/b", ".hidden", "", "/etc"])
def test_a_name_cannot_climb(run: runs.Run, name: str) -> None:
    with pytest.raises(RunError, match="A run name must be"):
        runs.open_run(name)


def test_a_dataset_name_cannot_climb(run: runs.Run) -> None:
    with pytest.raises(RunError, match="A dataset name must be"):
        run.results("../../etc")


def test_a_missing_run_lists_the_known_ones(run: runs.Run) -> None:
    with pytest.raises(RunError, match=r"No run 'second'.*there: first"):
        runs.open_run("second")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"classes": []', "null"])
def test_a_broken_description_is_told(run: runs.Run, text: str) -> None:
    (run.path / "run.json").write_text(text)
    with pytest.raises(RunError, match=r"first/run\.json is not a run's description"):
        runs.open_run("first")
