"""One engine, measured in a process of its own, so that its threads and its memory are its own.

    $ python -m ferkit.deploy.worker '{"engine": "onnx", "path": "model.onnx", "shape": [48, 48], "threads": 1, ...}'

prints one JSON object. Only what the engine needs is imported.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["main", "peak_memory", "timed"]

LEAST, MOST = 5, 2000  # calls that are timed
SIDE = 512  # of the square matrices whose product shows the machine's peak: milliseconds, seldom interrupted
COPIED = 64 << 20  # bytes of the arrays whose copy shows the bandwidth of its memory
Call = Callable[[np.ndarray], Any]


def main(described: dict[str, Any]) -> dict[str, Any]:
    """`engine`, `path`, `shape` of a face, `threads`, `batches`, `seconds` -> p50 and p95 in milliseconds and the
    number of calls per batch, and `peak_mb`; for the engine "peak" the machine's GFLOP/s and GB/s."""
    if described["engine"] == "peak":
        return _peak(described["seconds"])
    call = OPENERS[described["engine"]](Path(described["path"]), described["threads"])
    generator, found = np.random.default_rng(0), []
    for batch in described["batches"]:
        images = generator.integers(0, 256, (batch, *described["shape"]), dtype=np.uint8)
        took = timed(call, images, described["seconds"])
        p50, p95 = (1000 * float(value) for value in np.quantile(took, (0.5, 0.95)))
        found.append({"batch": batch, "p50": p50, "p95": p95, "runs": len(took), "peak_mb": peak_memory()})
    return {"latency": found}


def timed(call: Call, images: np.ndarray, seconds: float) -> list[float]:
    """Seconds of each call, after one to three to warm up, for about as long as `seconds`."""
    end = time.perf_counter() + seconds
    for i in range(3):
        if i == 0 or time.perf_counter() < end:
            call(images)
    took: list[float] = []
    end = time.perf_counter() + seconds
    while len(took) < LEAST or (time.perf_counter() < end and len(took) < MOST):
        began = time.perf_counter()
        call(images)
        took.append(time.perf_counter() - began)
    return took


def peak_memory() -> float:
    """The most resident memory this process has had, in MB."""
    try:  # what `getrusage` says includes the process that started this one
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024 / 1e6
    except (OSError, StopIteration):
        scale = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * scale / 1e6


def _peak(seconds: float) -> dict[str, float]:
    a, b = (np.random.default_rng(seed).random((SIDE, SIDE), np.float32) for seed in (0, 1))
    best = min(timed(lambda images: a @ b, a, seconds))
    source, target = np.ones(COPIED, np.uint8), np.zeros(COPIED, np.uint8)
    copied = min(timed(lambda images: np.copyto(target, source), source, seconds / 4))
    return {"gflops": 2 * SIDE**3 / best / 1e9, "bandwidth": 2 * COPIED / copied / 1e9}


def _onnx(path: Path, threads: int) -> Call:
    from ferkit.deploy.session import Session

    return Session.open(path, threads).call


def _pytorch(path: Path, threads: int) -> Call:
    module = _portable(path, threads)
    return lambda images: _answer(module, images)


def _compiled(path: Path, threads: int) -> Call:
    import torch

    module = torch.compile(_portable(path, threads), dynamic=True)
    return lambda images: _answer(module, images)


def _exported(path: Path, threads: int) -> Call:
    import torch

    torch.set_num_threads(threads)
    module = torch.export.load(path).module()
    return lambda images: _answer(module, images)


def _portable(path: Path, threads: int) -> Any:
    import torch

    from ferkit.deploy.portable import Portable
    from ferkit.predict.classifier import Classifier
    from ferkit.runs import open_folder

    torch.set_num_threads(threads)  # this process has no other work
    return Portable(Classifier.open(open_folder(path)))


def _answer(module: Any, images: np.ndarray) -> Any:
    import torch

    with torch.inference_mode():
        return module(torch.from_numpy(images))


def _openvino(path: Path, threads: int) -> Call:
    import openvino

    core = openvino.Core()
    compiled = core.compile_model(core.read_model(path), "CPU", {"INFERENCE_NUM_THREADS": threads})
    return lambda images: compiled([images])


OPENERS: dict[str, Callable[[Path, int], Call]] = {
    "pytorch": _pytorch,
    "compile": _compiled,
    "onnx": _onnx,
    "float16": _onnx,
    "int8": _onnx,
    "int8-dynamic": _onnx,
    "openvino": _openvino,
    "exported-program": _exported,
}

if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
