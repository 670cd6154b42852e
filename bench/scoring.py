"""7,178 faces within 3 s on two cores: `compact-light` and `compact-tiny-light` through PyTorch, ONNX Runtime and,
where it is installed, OpenVINO, in float32, bfloat16 and int8.

    $ python -m bench.scoring
    $ python -m bench.scoring --faces 64 --batch 32 --repeats 1     # does it run? no measurement

Batches run side by side, one on each core, so the time is that of one core divided by the number of cores. It is taken
as processor time, the least of the repeats: on a busy machine an upper bound of what an idle one takes. PyTorch gets
`--batch` faces at a time, the others as many as `ferkit` gives them. int8 and bfloat16 change some answers; how many is
in the notes.
"""

import importlib.util
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch

from bench import subjects, timing
from bench.timing import Claim, Report, combine
from ferkit import runs
from ferkit.deploy.formats import INPUT, OUTPUTS
from ferkit.deploy.portable import Portable
from ferkit.deploy.quantise import to_static_int8
from ferkit.deploy.session import BATCH, Session
from ferkit.deploy.to_onnx import write_onnx
from ferkit.predict.classifier import Classifier
from ferkit.predict.parallel import use_one_core

__all__ = ["main", "measure"]

RUNS = ("compact-light", "compact-tiny-light")
ALL, CORES, LIMIT = 7178, 2, 3.0  # faces, cores, seconds
CALIBRATION = 256  # faces
Work = Callable[[np.ndarray], np.ndarray]  # faces -> logits


@dataclass
class Engine:
    """One way to score faces, and what was measured of it."""

    name: str
    work: Work
    batch: int = BATCH
    seconds: list[float] = field(default_factory=list)  # for all faces on all cores, a repeat each
    changed: int = 0  # answers other than those of the first engine


def measure(repeats: int, faces: int, batch: int) -> Report:
    """`faces` of them through every engine in turn."""
    use_one_core()
    part, note = subjects.faces(faces + CALIBRATION)
    engines = [one for name in RUNS for one in _measured(runs.open_run(name), part.images, repeats, faces, batch)]
    samples = [combine(f"{one.name}: {ALL:,} faces on {CORES} cores", "s", one.seconds) for one in engines]
    claims = [Claim(f"{ALL:,} faces, {one.name}, {CORES} cores", min(one.seconds), LIMIT, "s") for one in engines]
    answers = "; ".join(f"{one.name}: {one.changed:,} of {faces:,}" for one in engines if one.changed)
    notes = [
        f"Batches of {batch} in PyTorch, of {BATCH} elsewhere; {note}",
        f"Answers other than in PyTorch, float32: {answers or 'none'}",
    ]
    return Report("scoring", repeats, samples, claims, notes, packages=("torch", "onnxruntime"))


def _measured(run: runs.Run, images: np.ndarray, repeats: int, faces: int, batch: int) -> list[Engine]:
    """The engines of a run, measured on the first `faces`; the others calibrate int8."""
    with tempfile.TemporaryDirectory() as folder:
        engines = _engines(run, Path(folder), images[faces:], batch)
        first = engines[0]
        expected = np.concatenate([first.work(one) for one in _batches(images[:faces], batch)]).argmax(1)
        for _ in range(repeats):
            for one in engines:
                seconds, logits = _timed(one.work, images[:faces], one.batch)
                one.seconds.append(seconds / faces * ALL / CORES)
                one.changed = int((logits.argmax(1) != expected).sum())
    return engines


def _engines(run: runs.Run, folder: Path, calibration: np.ndarray, batch: int) -> list[Engine]:
    classifier = Classifier.open(run)
    path = folder / "model.onnx"
    write_onnx(run, Portable(classifier), path)
    to_static_int8(path, folder / "int8.onnx", calibration)
    exact, small = (Session.open(folder / name) for name in ("model.onnx", "int8.onnx"))

    @torch.inference_mode()
    def float32(images: np.ndarray) -> np.ndarray:
        return classifier.quick(classifier.prepare(images)).numpy()

    @torch.inference_mode()
    def bfloat16(images: np.ndarray) -> np.ndarray:
        with torch.autocast("cpu", torch.bfloat16):
            return classifier.quick(classifier.prepare(images)).float().numpy()

    engines = [
        Engine("PyTorch, float32", float32, batch),
        Engine("PyTorch, bfloat16", bfloat16, batch),
        Engine("ONNX Runtime, float32", lambda images: exact.call(images)[0]),
        Engine("ONNX Runtime, int8", lambda images: small.call(images)[0]),
        *_openvino(path),
    ]
    return [replace(one, name=f"{run.name}, {one.name}") for one in engines]


def _openvino(path: Path) -> list[Engine]:
    """float32 and bfloat16 on one core; none where it is not installed."""
    if importlib.util.find_spec("openvino") is None:
        return []
    import openvino

    def engine(name: str, precision: str) -> Engine:
        settings = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
        request = openvino.Core().compile_model(str(path), "CPU", settings).create_infer_request()
        return Engine(f"OpenVINO, {name}", lambda images: request.infer({INPUT: images})[OUTPUTS[0]].copy())

    return [engine("float32", "f32"), engine("bfloat16", "bf16")]


def _timed(work: Work, images: np.ndarray, batch: int) -> tuple[float, np.ndarray]:
    """Processor seconds, after one batch to warm up, and the logits."""
    work(images[:batch])
    began = time.process_time()
    logits = [work(one) for one in _batches(images, batch)]
    return time.process_time() - began, np.concatenate(logits)


def _batches(images: np.ndarray, size: int) -> list[np.ndarray]:
    return [images[i : i + size] for i in range(0, len(images), size)]


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=5, faces=512, batch=32)


if __name__ == "__main__":
    main()
