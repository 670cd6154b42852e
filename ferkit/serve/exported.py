"""An exported run as an engine: ONNX Runtime without torch, which starts at once and takes a fraction of the memory."""

import os

import numpy as np

from ferkit.deploy import record
from ferkit.deploy.formats import FORMATS, OUTPUTS
from ferkit.deploy.session import BATCH, Session
from ferkit.errors import ConfigError, RunError
from ferkit.runs import Run

__all__ = ["ENGINES", "PYTORCH", "Exported"]

PYTORCH = "pytorch"
ENGINES = (PYTORCH, *(name for name, one in FORMATS.items() if one.file.endswith(".onnx")))


class Exported:
    """The probabilities of `model.onnx` or another format of the run."""

    def __init__(self, run: Run, engine: str) -> None:
        """Raises ConfigError for an unknown format, RunError for one that is missing or of other weights."""
        if engine not in ENGINES or engine == PYTORCH:
            raise ConfigError(f"No engine {engine!r}; there are {', '.join(ENGINES)}.")
        path, again = run.path / FORMATS[engine].file, f"python -m ferkit export {run.name}"
        stored = record.read(run)
        if not path.is_file() or stored is None:
            raise RunError(f"{run.name} has no {path.name}. Make it: {again}")
        if run.weights.is_file() and stored.weights != record.digest(run):
            raise RunError(f"{run.name}/{path.name} is of other weights than the run has now. Make it again: {again}")
        self.classes, self.input = run.classes, run.manifest.input
        self._session = Session.open(path, int(os.environ.get("OMP_NUM_THREADS", "1")))
        self._place = self._session.outputs.index(OUTPUTS[1])

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """uint8 (N, size, size[, 3]) -> float (N, C), rows sum to 1."""
        parts = [self._session.call(images[i : i + BATCH])[self._place] for i in range(0, len(images), BATCH)]
        shares = np.concatenate([np.empty((0, len(self.classes))), *parts]).astype(np.float64)
        return shares / shares.sum(1, keepdims=True)  # float16 and int8 round
