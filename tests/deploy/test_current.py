"""The ONNX file of a run's weights as they are: exported, else made once in the cache."""

from pathlib import Path

import numpy as np
import pytest

from ferkit.deploy.current import current_onnx, exported_onnx
from ferkit.deploy.export import export
from ferkit.deploy.session import Session
from ferkit.errors import RunError
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, open_folder
from tests.worlds import ROOT


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FERKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_shipped_file_is_taken_as_it_is(cache: Path) -> None:
    run = open_folder(ROOT / "checkpoints" / "compact-wild")
    assert current_onnx(run) == exported_onnx(run) == run.path / "model.onnx" and not cache.exists()


def test_a_run_that_was_not_exported_is_once(run: Run, cache: Path) -> None:
    pytest.importorskip("onnxscript")
    assert exported_onnx(run) is None
    path = current_onnx(run)
    assert path.is_relative_to(cache) and not (run.path / "model.onnx").exists()
    side = run.manifest.input.size
    faces = np.random.default_rng(0).integers(0, 256, (3, side, side), dtype=np.uint8)
    np.testing.assert_allclose(Session.open(path).logits(faces), Classifier.open(run).logits(faces), atol=1e-3)
    made = path.stat().st_mtime_ns
    assert current_onnx(run).stat().st_mtime_ns == made


def test_a_file_of_other_weights_is_not_taken_and_one_without_weights_is_a_sentence(run: Run) -> None:
    (run.path / "model.onnx").write_bytes(b"old")
    (run.path / "deploy.json").write_text('{"weights": "0123456789abcdef"}')
    assert exported_onnx(run) is None
    (run.path / "deploy.json").write_text("[]")
    assert exported_onnx(run) is None
    run.weights.unlink()
    with pytest.raises(RunError, match="has no weights"):
        current_onnx(run)


def test_a_file_of_another_temperature_is_not_taken(run: Run) -> None:
    pytest.importorskip("onnxscript")
    export(run, None, ["onnx"])
    assert exported_onnx(run) == run.path / "model.onnx"
    warmer = run.update(temperature_slope=run.temperature.slope + 0.5)
    assert exported_onnx(warmer) is None
    assert set(export(warmer, None, ["float16"]).formats) == {"float16"}
    export(warmer, None, ["onnx"])
    assert exported_onnx(warmer) == run.path / "model.onnx"
    x = np.random.default_rng(0).integers(0, 256, (5, *[run.manifest.input.size] * 2), dtype=np.uint8)
    found = Session.open(run.path / "model.onnx")(x)["probabilities"]
    np.testing.assert_allclose(found, Classifier.open(warmer).probabilities(x), atol=1e-4)
