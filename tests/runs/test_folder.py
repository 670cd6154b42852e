"""The run folder: what is saved is what is read."""

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ferkit import runs
from ferkit.errors import RunError
from ferkit.metrics import UNCALIBRATED, Temperature
from ferkit.runs.tables import HISTORY
from tests.manifests import manifest, scores

CONFIG = {"model": "lenet", "model_args": {"dropout": 0.1}, "lr": 0.1, "augment": {"flip": 0.5}}
OLD = Path(__file__).with_name("format-1")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> runs.Run:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path))
    return runs.create(tmp_path / "first", manifest(config=CONFIG))


def test_saved_and_opened(run: runs.Run) -> None:
    opened = runs.open_run("first")
    assert opened == run
    assert (opened.name, opened.classes, opened.dataset) == ("first", ("Sad", "Happy"), "faces")
    assert runs.names() == ["first"]


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


def test_another_dataset_has_a_separate_folder(run: runs.Run) -> None:
    assert run.results("others").scores == {}
    (run.path / "on-others").mkdir()
    stored = scores(run.classes)
    assert run.add_scores("others", "test", stored) is run
    assert run.results("others").scores == {"test": stored}
    assert run.datasets() == ["others"]
    changed = run.update(scores={"train": stored, "val": stored})
    assert changed.datasets() == ["faces", "others"]
    assert changed.results().splits == ["val", "train"]


def test_scores_of_another_dataset_that_do_not_fit_give_one_message(run: runs.Run) -> None:
    (run.path / "on-others").mkdir()
    (run.path / "on-others" / "scores.json").write_text('{"val": {"n": 3}}')
    with pytest.raises(RunError, match=r"first/on-others/scores\.json does not hold scores: val\.accuracy"):
        run.results("others")


def test_no_history_is_an_empty_table(run: runs.Run) -> None:
    assert len(run.history()) == 0
    (run.path / "history.csv").write_text(f"{','.join(HISTORY)}\n1,0.5{',0.25' * 7}\n")
    assert run.history()["lr"].tolist() == [0.5] and run.history()["epoch"].tolist() == [1]


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


def test_a_missing_run_lists_the_nearest_three(run: runs.Run) -> None:
    for name in ("a", "b", "c", "second-1"):
        shutil.copytree(run.path, run.path.parent / name)
    with pytest.raises(RunError, match=r"No run 'second'.*there: second-1, \w+, \w+ and 2 more"):
        runs.open_run("second")


def test_a_run_of_format_1_opens_with_the_same_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(OLD))
    stored = json.loads((OLD / "old" / "run.json").read_text())
    opened = runs.open_run("old")
    assert stored["format"] == 1 and opened.manifest.format == 2
    assert opened.temperature == Temperature(stored["temperature"]) != UNCALIBRATED
    for split, before in stored["scores"].items():
        now = opened.manifest.scores[split].model_dump(mode="json")
        calibrated = before.pop("calibrated")
        assert [now[key] for key in ("ece", "nll", "temperature")] == [
            calibrated[key] for key in ("ece", "nll", "temperature")
        ]
        assert [now["ece_uncalibrated"], now["nll_uncalibrated"]] == [before.pop("ece"), before.pop("nll")]
        assert before.items() <= now.items()
    logits = opened.results().logits("val")
    right = logits.argmax(1) == opened.results().predictions("val")["label"]
    assert right.mean() == opened.manifest.scores["val"].accuracy
    assert opened.results("others").scores["val"].accuracy == opened.manifest.scores["val"].accuracy
    copied = runs.open_folder(shutil.copytree(OLD / "old", tmp_path / "copied"))
    assert copied.update(seed=3).manifest == opened.manifest.replace(seed=3)
    assert json.loads((copied.path / "run.json").read_text())["format"] == 2
