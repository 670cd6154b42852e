"""An exported run behind HTTP: the answers of PyTorch, without torch."""

import subprocess
import sys

import numpy as np
import pytest

from ferkit.deploy.export import export
from ferkit.errors import ConfigError, RunError
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, open_run
from ferkit.serve.exported import Exported
from tests.worlds import ROOT

pytest.importorskip("onnxruntime")


@pytest.fixture
def exported(run: Run) -> Run:
    export(run, None, ["onnx"])
    return open_run(run.name)


def test_the_probabilities_are_those_of_pytorch(exported: Run) -> None:
    faces = np.random.default_rng(0).integers(0, 256, (70, 16, 16), dtype=np.uint8)
    expected = Classifier.open(exported).probabilities(faces)
    np.testing.assert_allclose(Exported(exported, "onnx").probabilities(faces), expected, atol=1e-5)
    assert Exported(exported, "onnx").probabilities(faces[:0]).shape == (0, 3)


def test_other_weights_and_missing_files_are_refused(exported: Run) -> None:
    with pytest.raises(RunError, match=r"no model-int8\.onnx"):
        Exported(exported, "int8")
    with pytest.raises(ConfigError, match="No engine 'tensorrt'"):
        Exported(exported, "tensorrt")
    exported.weights.write_bytes(b"others")
    with pytest.raises(RunError, match="other weights"):
        Exported(exported, "onnx")


def test_a_worker_of_an_exported_run_needs_no_torch(exported: Run) -> None:
    script = (
        "import sys\n"
        "from ferkit.serve.settings import Settings\n"
        "from ferkit.serve.server import app\n"
        f"Settings(run={exported.name!r}, engine='onnx').to_environment()\n"
        "app()\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
