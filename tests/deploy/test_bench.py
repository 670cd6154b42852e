"""`measure`: engines timed in processes of their own, stored beside the exports, and put into words."""

import shutil
from typing import Any

import numpy as np
import pytest

from ferkit.data.faces import Faces
from ferkit.deploy import bench, record, worker
from ferkit.deploy.engines import ENGINES, engines
from ferkit.deploy.export import export
from ferkit.deploy.machine import processor
from ferkit.deploy.record import Exported, Latency, Machine
from ferkit.deploy.speed import COLUMNS, attained, claims, machine_line, markdown, rows
from ferkit.errors import ConfigError, FerkitError
from ferkit.runs import Run

HERE = Machine(name="A processor", cores=2, peak={"1": 50.0, "2": 100.0}, bandwidth=10.0)


def fake_worker(described: dict[str, Any]) -> dict[str, Any]:
    """What a worker might say: batch and thread counts show in the times."""
    if described["engine"] == "pytorch":
        raise FerkitError("no compiler")
    times = [{"batch": b, "p50": 0.5 * b / described["threads"], "p95": 1.0 * b} for b in described["batches"]]
    return {"latency": [one | {"runs": 8, "peak_mb": 70.0} for one in times]}


@pytest.fixture
def exported(run: Run) -> Run:
    (run.path / "model.onnx").write_bytes(b"onnx")
    record.change(run, formats={"onnx": Exported(file="model.onnx", bytes=381_000)})
    return run.update(macs=1_000_000)


def test_engines_are_measured_and_those_that_cannot_be_say_why(exported: Run) -> None:
    pytest.importorskip("onnxruntime")
    stored, missing = bench.measure(exported, engines(["pytorch", "onnx", "int8"]), HERE, work=fake_worker)
    assert missing == {
        "pytorch": "no compiler",
        "int8": "model-int8.onnx is not there: python -m ferkit export tiny",
    }
    assert {one.engine for one in stored.latency} == {"onnx"} and len(stored.latency) == 6
    fast = stored.latency_of("onnx", 2, 32)
    assert fast is not None and fast.p50 == 8 and record.read(exported) == stored
    assert attained(stored, fast) == pytest.approx(2 * 1e6 * 32 / 8e-3 / 1e9)


def test_another_machine_begins_anew_and_the_same_one_keeps_what_it_knew(exported: Run) -> None:
    pytest.importorskip("onnxruntime")
    record.change(exported, machine=HERE, latency=(Latency(engine="compile", threads=1, batch=1, p50=1.0, p95=1.0),))
    kept, _ = bench.measure(exported, engines(["onnx"]), HERE, work=fake_worker)
    assert {one.engine for one in kept.latency} == {"compile", "onnx"}
    moved, _ = bench.measure(exported, engines(["onnx"]), Machine(name="Another", cores=8), work=fake_worker)
    assert {one.engine for one in moved.latency} == {"onnx"}


def test_a_worker_times_a_real_file_in_a_process_of_its_own(run: Run, faces: Faces) -> None:
    pytest.importorskip("onnxscript")
    export(run, faces, ["onnx"])
    stored, missing = bench.measure(run, engines(["onnx"]), HERE, batches=(1, 3), threads=(1,), seconds=0.01)
    assert not missing and [one.batch for one in stored.latency] == [1, 3]
    assert all(0 < one.p50 <= one.p95 and one.runs >= worker.LEAST for one in stored.latency)
    assert all(10 < one.peak_mb < 400 for one in stored.latency)  # without torch


def test_torch_export_is_timed_as_it_is_loaded(run: Run, faces: Faces) -> None:
    export(run, faces, ["exported-program"])
    stored, missing = bench.measure(
        run, engines(["exported-program"]), HERE, batches=(1, 3), threads=(1,), seconds=0.01
    )
    assert not missing and [(one.engine, one.batch) for one in stored.latency] == [
        ("exported-program", 1), ("exported-program", 3),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["compile", "openvino"])
def test_engines_that_are_installed_are_timed(
    name: str, run: Run, faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_VEC_ISA_OK", "1")  # or it compiles small programs to see what the processor can
    monkeypatch.setenv("TORCHINDUCTOR_COMPILE_THREADS", "1")  # in no pool of processes
    if name == "openvino":
        pytest.importorskip("openvino")
        export(run, faces, ["onnx"])
    elif shutil.which("g++") is None:
        pytest.skip("torch.compile needs a C++ compiler")
    stored, missing = bench.measure(run, engines([name]), HERE, batches=(1,), threads=(1,), seconds=0.01)
    assert not missing and stored.latency_of(name, 1, 1) is not None


def test_a_worker_that_fails_says_its_last_line(run: Run) -> None:
    with pytest.raises(FerkitError, match="KeyError: 'tflite'"):
        bench.worker({"engine": "tflite", "path": "x", "shape": [4, 4], "threads": 1, "batches": [1], "seconds": 0.1})


@pytest.mark.parametrize("engine", ["pytorch", "peak"])
def test_what_a_worker_measures(engine: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch, "set_num_threads", lambda n: None)  # a setting of the process
    monkeypatch.setattr(worker, "SIDE", 64)
    monkeypatch.setattr(worker, "COPIED", 1 << 16)
    described = {"engine": engine, "path": str(run.path), "shape": [16, 16], "threads": 1, "batches": [2]}
    found = worker.main(described | {"seconds": 0.001})
    if engine == "peak":
        assert found["gflops"] > 0 and found["bandwidth"] > 0
    else:
        assert found["latency"][0]["batch"] == 2 and found["latency"][0]["p95"] >= found["latency"][0]["p50"] > 0


def test_calls_are_timed_one_by_one() -> None:
    seen: list[int] = []
    took = worker.timed(lambda images: seen.append(len(images)), np.zeros((3, 4, 4), np.uint8), 0.0)
    assert len(took) == worker.LEAST and seen == [3] * (worker.LEAST + 1)
    assert worker.peak_memory() > 10


def test_tables_and_sentences(exported: Run) -> None:
    pytest.importorskip("onnxruntime")
    stored, _ = bench.measure(exported, engines(["onnx"]), HERE, work=fake_worker)
    (row,) = rows(stored)
    assert len(row) == len(COLUMNS) and row[:4] == ["ONNX Runtime, float32", "381 kB", "70 MB", "0.50 / 1.00"]
    assert row[-2:] == ["4,000", "8.0 (8%)"]
    (sentence,) = claims(stored)
    assert "one face in 0.50 ms on one thread (at most 1 ms: met), 7,178 faces in 1.8 s (at most 3 s: met)" in sentence
    assert markdown({"tiny": stored}).splitlines()[2].startswith("| `tiny` | ONNX Runtime, float32 | 381 kB | 0.50 ms")
    assert "50 GFLOP/s on 1 thread, 100 GFLOP/s on 2 threads" in machine_line(HERE)


def test_an_unknown_engine_names_those_there_are() -> None:
    assert engines([]) == tuple(ENGINES.values()) and processor()
    with pytest.raises(ConfigError, match="No engine 'tensorrt'; there are pytorch, compile, onnx"):
        engines(["tensorrt"])
