"""An exported file, ready to answer: ONNX Runtime for ONNX, torch for an ExportedProgram."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ferkit.deploy.formats import INPUT, OUTPUTS
from ferkit.deploy.packages import package
from ferkit.errors import RunError

__all__ = ["BATCH", "Session"]

BATCH = 8  # faces at a time: more no longer fit the cache of a core and take a sixth longer each


@dataclass(frozen=True, eq=False)
class Session:
    """Faces in, named arrays out."""

    outputs: tuple[str, ...]
    call: Callable[[np.ndarray], list[np.ndarray]]  # uint8 (N, size, size[, 3])

    @classmethod
    def open(cls, path: Path, threads: int = 1) -> "Session":
        """The exported file at `path`. Raises RunError for one that cannot be loaded."""
        try:
            return _program(path) if path.suffix == ".pt2" else _onnx(path, threads)
        except (RuntimeError, OSError, ValueError) as error:
            reason = " ".join(str(error).split())[:160]
            raise RunError(f"{path.name} cannot be loaded ({reason}). Export the run again.") from error

    def __call__(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """All outputs for uint8 (N, size, size[, 3]), float32 (N, ...); batches in parallel, each on one core."""
        from ferkit.predict.parallel import over_batches  # torch: not for those who only `call`

        parts = list(over_batches(lambda rows: self.call(images[rows]), len(images), BATCH))
        return {name: np.concatenate([part[i] for part in parts]) for i, name in enumerate(self.outputs)}

    def logits(self, images: np.ndarray) -> np.ndarray:
        """float32 (N, C)."""
        return self(images)[OUTPUTS[0]]


def _onnx(path: Path, threads: int) -> Session:
    runtime = package("onnxruntime", "An ONNX file")
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = threads, 3
    try:
        session = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no common class
        raise RuntimeError(str(error)) from error
    names = tuple(output.name for output in session.get_outputs())
    return Session(names, lambda images: session.run(list(names), {INPUT: images}))


def _program(path: Path) -> Session:
    import torch

    program = torch.export.load(path)
    module = program.module()

    def call(images: np.ndarray) -> list[np.ndarray]:
        with torch.inference_mode():
            return [part.numpy() for part in module(torch.from_numpy(np.ascontiguousarray(images)))]

    return Session(OUTPUTS[: len(program.graph_signature.user_outputs)], call)
