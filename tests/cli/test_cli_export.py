"""`export` as a person types it."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from ferkit.cli import export, export_page
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.deploy import runtime
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


def test_a_web_page_needs_its_runtime_and_takes_no_format(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_page, "find_runtime", lambda: runtime.find_runtime((run.path,)))
    done = call("tiny", "--web")
    assert done.exit_code == 2 and "which is not installed. Get it: npm ci" in done.output
    done = call("tiny", "--web", "--format", "int8")
    assert done.exit_code == 2 and "holds the float32 model alone" in done.output


def test_a_web_page_is_written_and_weighed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "package"
    (package / "dist").mkdir(parents=True)
    for name in (runtime.SCRIPT, runtime.BINARY):
        (package / "dist" / name).write_bytes(bytes(5000))
    monkeypatch.setattr(export_page, "find_runtime", lambda: package)
    done = call("tiny", "--web", "--out", tmp_path / "page", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert 0 < report["compressed"] < report["bytes"] and (tmp_path / "page" / "index.html").is_file()
    assert "MB to fetch" in call("tiny", "--web", "--out", tmp_path / "page").output
