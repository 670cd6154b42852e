"""What `fer` needs for a frame and for a face; run by a Python that has it, as bench.fer_peer does.

$ python bench/fer_child.py FRAMES.npy      # for each line of its input, a line of JSON: milliseconds
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np


def measured(work: Callable[[Any], object], over: Any) -> float:
    """Milliseconds for each, on average."""
    began = time.perf_counter()
    for one in over:
        work(one)
    return 1000 * (time.perf_counter() - began) / len(over)


def main() -> None:
    import cv2
    from fer.fer import FER

    fer, frames = FER(), np.load(sys.argv[1])  # uint8 BGR (N, H, W, 3)
    squares = [cv2.resize(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), (64, 64)) for frame in frames]
    faces = [(square.astype("float32") / 127.5 - 1)[None] for square in squares]
    found = sum(bool(fer.detect_emotions(frame)) for frame in frames)  # warms it up
    fer._classify_emotions(faces[0])
    for _ in sys.stdin:
        network, both = measured(fer._classify_emotions, faces), measured(fer.detect_emotions, frames)
        print(json.dumps({"network": network, "both": both, "found": found}), flush=True)


if __name__ == "__main__":
    main()
