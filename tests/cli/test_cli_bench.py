"""`bench` as a person types it."""

import json
from importlib.util import find_spec
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from ferkit.cli import bench
from ferkit.deploy import bench as measuring
from ferkit.deploy import record
from ferkit.deploy.record import Exported
from ferkit.runs import Run

pytest.importorskip("onnxruntime")
app = typer.Typer()
app.callback()(lambda: None)
bench.register(app)


def call(*words: object) -> Result:
    return CliRunner().invoke(app, ["bench", *(str(word) for word in words)])


def fake_worker(described: dict[str, Any]) -> dict[str, Any]:
    if described["engine"] == "peak":
        return {"gflops": 40.0 * described["threads"], "bandwidth": 9.0}
    return {"latency": [{"batch": b, "p50": 0.4 * b, "p95": 0.5 * b, "peak_mb": 60.0} for b in described["batches"]]}


@pytest.fixture
def exported(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(measuring, "worker", fake_worker)
    (run.path / "model.onnx").write_bytes(b"onnx")
    record.change(run, formats={"onnx": Exported(file="model.onnx", bytes=381_000)})
    return run


def test_a_table_and_the_machine_are_printed(exported: Run) -> None:
    done = call("tiny", "--engine", "onnx")
    assert done.exit_code == 0, done.output
    for part in ("ONNX Runtime, float32", "0.40 / 0.50", "381 kB", "one face in 0.40 ms", "80 GFLOP/s on 2 threads"):
        assert part in done.output


def test_all_exported_runs_as_json_and_markdown(exported: Run) -> None:
    report = json.loads(call("--engine", "onnx", "--json").stdout)
    assert list(report["runs"]) == ["tiny"] and len(report["runs"]["tiny"]["latency"]) == 6
    done = call("--engine", "onnx", "--engine", "openvino", "--markdown")
    assert "| `tiny` | ONNX Runtime, float32 |" in done.stdout and "Times are medians" in done.stdout
    assert ("left out OpenVINO, float32" in done.stderr) == (find_spec("openvino") is None)
    assert "left out" not in done.stdout


def test_mistakes_are_one_sentence(run: Run) -> None:
    assert "No run 'nope'" in call("nope").output
    assert "No engine 'tpu'" in call("tiny", "--engine", "tpu").output
