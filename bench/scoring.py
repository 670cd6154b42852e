"""7,178 faces within 3 s on two cores: the run `compact` through PyTorch and ONNX Runtime, float32, bfloat16 and int8.

    $ python -m bench.scoring
    $ python -m bench.scoring --faces 64 --batch 32 --repeats 1     # does it run? no measurement

Batches run side by side, one on each core, so the time is that of one core divided by the number of cores. It is taken
as processor time, the least of the repeats: on a busy machine an upper bound of what an idle one takes. int8 and
bfloat16 change some answers; how many is in the notes.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from bench import subjects, timing
from bench.timing import Claim, Report, combine
from ferkit import runs
from ferkit.deploy.portable import Portable
from ferkit.deploy.quantise import to_static_int8
from ferkit.deploy.session import Session
from ferkit.deploy.to_onnx import write_onnx
from ferkit.predict.classifier import Classifier
from ferkit.predict.parallel import use_one_core

__all__ = ["main", "measure"]

RUN = "compact"
ALL, CORES, LIMIT = 7178, 2, 3.0  # faces, cores, seconds
CALIBRATION = 256  # faces
Work = Callable[[np.ndarray], np.ndarray]  # faces -> logits


def measure(repeats: int, faces: int, batch: int) -> Report:
    """`faces` of them, `batch` at a time, in every engine in turn."""
    use_one_core()
    part, note = subjects.faces(faces + CALIBRATION)
    images, calibration = part.images[:faces], part.images[faces:]
    run = runs.open_run(RUN)
    classifier = Classifier.open(run)
    with tempfile.TemporaryDirectory() as folder:
        works = _works(run, classifier, Path(folder), calibration)
        expected = np.concatenate([works["PyTorch, float32"](one) for one in _batches(images, batch)]).argmax(1)
        found: dict[str, list[float]] = {name: [] for name in works}
        changed = {}
        for _ in range(repeats):
            for name, work in works.items():
                seconds, logits = _timed(work, images, batch)
                found[name].append(seconds / faces * ALL / CORES)
                changed[name] = int((logits.argmax(1) != expected).sum())
    samples = [combine(f"{name}: {ALL:,} faces on {CORES} cores", "s", values) for name, values in found.items()]
    claims = [
        Claim(f"{ALL:,} faces, {RUN}, {name}, {CORES} cores", min(values), LIMIT, "s") for name, values in found.items()
    ]
    answers = "; ".join(f"{name}: {n:,} of {faces:,}" for name, n in changed.items() if n)
    notes = [f"Batches of {batch}; {note}", f"Answers other than in PyTorch, float32: {answers or 'none'}"]
    return Report("scoring", repeats, samples, claims, notes, packages=("torch", "onnxruntime"))


def _works(run: runs.Run, classifier: Classifier, folder: Path, calibration: np.ndarray) -> dict[str, Work]:
    write_onnx(run, Portable(classifier), folder / "model.onnx")
    to_static_int8(folder / "model.onnx", folder / "int8.onnx", calibration)
    exact, small = (Session.open(folder / name) for name in ("model.onnx", "int8.onnx"))

    @torch.inference_mode()
    def float32(images: np.ndarray) -> np.ndarray:
        return classifier.quick(classifier.prepare(images)).numpy()

    @torch.inference_mode()
    def bfloat16(images: np.ndarray) -> np.ndarray:
        with torch.autocast("cpu", torch.bfloat16):
            return classifier.quick(classifier.prepare(images)).float().numpy()

    return {
        "PyTorch, float32": float32,
        "PyTorch, bfloat16": bfloat16,
        "ONNX Runtime, float32": lambda images: exact.call(images)[0],
        "ONNX Runtime, int8": lambda images: small.call(images)[0],
    }


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
