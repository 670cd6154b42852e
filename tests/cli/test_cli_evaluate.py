"""`evaluate` and `runs` as a person types them."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner, Result

from ferkit import files
from ferkit.cli import app
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.models import Input, build, count_macs, count_parameters, save
from ferkit.runs import DataSpec, InputSpec, Manifest, ModelSpec, Run, create, open_run
from tests.worlds import score_on_corrupted

CLASSES = ("Sad", "Happy", "Cross")


def call(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A stored dataset `noise` and an untrained run `tiny` on it."""
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path / "runs"))
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("FERKIT_YUNET", raising=False)
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (60, 16, 16), dtype=np.uint8), rng.integers(0, 3, 60).astype(np.int16)
    faces = Faces(
        "noise", images, labels, np.arange(60).astype(str), np.where(np.arange(60) < 40, "train", "val"), CLASSES
    )
    store.save(faces)
    torch.manual_seed(0)
    model, shape = build("base-cnn", 3, 1, depth=2, filters=4), Input.measure(images)
    manifest = Manifest(
        status="finished",
        model=ModelSpec(name="base-cnn", args={"depth": 2, "filters": 4}),
        classes=CLASSES,
        input=InputSpec(**asdict(shape)),
        parameters=count_parameters(model),
        macs=count_macs(model, 1, 16),
        data=DataSpec(name="noise", fingerprint=faces.fingerprint),
    )
    path = files.runs_dir() / "tiny"
    save(model, path / "model.safetensors")
    return create(path, manifest)


def test_evaluate_prints_one_json_object(run: Run) -> None:
    result = call("evaluate", "tiny", "--data", "noise", "--json", "--no-maps")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert result.stdout.count("\n") == 1
    assert {
        "run", "data", "split", "n", "accuracy", "macro_f1", "balanced_accuracy", "top2", "ece", "nll", "temperature",
        "temperature_slope",
        "ece_uncalibrated", "nll_uncalibrated", "accuracy_interval", "macro_f1_interval", "per_class", "dedup",
        "parameters", "macs", "seconds", "fingerprint", "flip", "left_out", "map_outdated",
    } == set(report)  # fmt: skip
    assert (report["run"], report["data"], report["split"], report["n"]) == ("tiny", "noise", "val", 20)
    assert list(report["per_class"]) == list(CLASSES)
    assert {"precision", "recall", "recall_interval", "f1", "support"} == set(report["per_class"]["Sad"])
    assert {"n", "accuracy", "macro_f1", "balanced_accuracy"} <= set(report["dedup"])
    assert report["parameters"] == run.manifest.parameters
    assert open_run("tiny").results().scores["val"].accuracy == report["accuracy"]


def test_evaluate_prints_a_table() -> None:
    result = call("evaluate", "tiny", "--split", "train", "--no-maps", "--flip")
    assert result.exit_code == 0, result.output
    for word in (
        "tiny on noise train",
        "40 faces",
        "macro-F1",
        "with its mirror image: accuracy",
        "Cross",
        "multiply-adds",
    ):
        assert word in result.stdout


def test_scores_are_printed_and_stored_before_the_map(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from ferkit.cli import drawing

    def interrupt(drawn: Run, split: str, *rest: object) -> Run:
        assert open_run("tiny").results().scores[split].n == 20
        raise KeyboardInterrupt

    monkeypatch.setattr(drawing, "draw_map", interrupt)
    result = call("evaluate", "tiny")
    assert result.exit_code != 0
    assert "macro-F1" in result.stdout
    assert f"Scores stored in {run.path}/; now the map" in result.stdout
    left = call("evaluate", "tiny", "--no-map")
    assert left.exit_code == 0
    assert "; the map is left out." in left.stdout


def test_the_map_comes_last_and_is_up_to_date(run: Run) -> None:
    result = call("evaluate", "tiny", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["map_outdated"] is False
    assert run.results().layout("val").shape == (20, 5)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("evaluate", "none"), "No run 'none'"),
        (("evaluate", "../tiny"), "A run name must be"),
        (("evaluate", "tiny", "--data", "none"), "No dataset 'none'"),
        (("evaluate", "tiny", "--split", "test"), "has no 'test' split"),
        (("evaluate", "tiny", "--split", "nose"), "Splits are"),
        (("runs", "tiny", "nosuch"), "No run 'nosuch'"),
    ],
)
def test_a_mistake_gives_one_message(words: tuple[str, ...], message: str) -> None:
    result = call(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_runs_are_listed(run: Run) -> None:
    call("evaluate", "tiny", "--no-maps")
    (files.runs_dir() / "broken").mkdir()
    (files.runs_dir() / "broken" / "run.json").write_text("{")
    broken, tiny = json.loads(call("runs", "--json").stdout)
    assert json.loads(call("runs", "tiny", "--json").stdout) == [tiny]
    assert broken["run"] == "broken"
    assert "not a run's description" in broken["error"]
    assert (tiny["run"], tiny["model"], tiny["data"], tiny["status"]) == ("tiny", "base-cnn", "noise", "finished")
    assert tiny["scores"]["val"]["n"] == 20
    table = call("runs")
    assert table.exit_code == 0
    (row,) = [line.split() for line in table.stdout.splitlines() if "tiny" in line]
    assert {"tiny", "base-cnn", "noise", "375", "finished"} <= set(row)
    assert "Left out, because broken/run.json is not a run's description" in " ".join(table.stdout.split())


def test_a_run_without_scores_is_listed() -> None:
    assert json.loads(call("runs", "--json").stdout)[0]["scores"] == {}
    assert call("runs").exit_code == 0


def test_no_run_says_how_to_train_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERKIT_CHECKPOINTS", str(tmp_path / "empty"))
    assert "ferkit train" in call("runs").stdout
    assert json.loads(call("runs", "--json").stdout) == []


def test_runs_as_markdown_lists_the_evaluated_ones(run: Run) -> None:
    assert len(call("runs", "--markdown").stdout.splitlines()) == 2
    assert call("evaluate", "tiny", "--no-maps").exit_code == 0
    head, rule, row = call("runs", "--markdown").stdout.splitlines()
    assert head.count("|") == rule.count("|") == row.count("|") == 11
    assert row.startswith("| tiny | noise |") and "62.0%" not in row
    score_on_corrupted(run, 0.62)
    assert call("runs", "--markdown").stdout.splitlines()[2].split(" | ")[7] == "62.0%"
    assert head.split(" | ")[7] == "corrupted faces"
