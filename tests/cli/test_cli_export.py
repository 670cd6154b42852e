"""`export` as a person types it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from ferkit.cli import export
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.runs import Run

pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")
app = typer.Typer()
app.callback()(lambda: None)
export.register(app)


def call(*words: object) -> Result:
    return CliRunner().invoke(app, ["export", *(str(word) for word in words)])


def test_a_run_is_exported_with_what_it_loses(run: Run, faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    store.save(faces)
    done = call("tiny", "--format", "onnx", "--format", "int8")
    assert done.exit_code == 0, done.output
    for part in ("30 faces of noise val", "model-int8.onnx", "int8 is calibrated on 60 training faces", "Written to"):
        assert part in done.output
    assert (run.path / "model.onnx").is_file() and not (run.path / "model.pt2").exists()


def test_without_the_dataset_it_says_so_and_prints_json(run: Run, tmp_path: Path) -> None:
    done = call("tiny", "--format", "onnx", "--out", tmp_path / "away", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert report["run"] == "tiny" and report["formats"]["onnx"]["lost"] is None and report["explains"]
    assert (tmp_path / "away" / "model.onnx").is_file()
    assert "was not measured" in call("tiny", "--format", "exported-program").output


def test_mistakes_are_one_sentence(run: Run) -> None:
    for words, reason in ((("nope",), "No run 'nope'"), (("tiny", "--format", "tf"), "No format 'tf'")):
        done = call(*words)
        assert done.exit_code == 2 and reason in done.output
    assert "No dataset 'away'" in call("tiny", "--data", "away").output
