"""A detector and a classifier that answer what a test says."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np

from ferkit.faces import PHOTO, Box, Detector, Effort
from ferkit.metrics import UNCALIBRATED


class Fixed(Detector):
    """Finds the boxes it was given, in any image; with several lists, one after the other, then none."""

    name = "fixed"

    def __init__(self, *boxes: Box, frames: list[list[Box]] | None = None) -> None:
        super().__init__()
        self.boxes, self.frames = list(boxes), frames
        self.shapes: list[tuple[int, ...]] = []

    def detect(self, rgb: np.ndarray, effort: Effort = PHOTO) -> list[Box]:
        self.shapes.append(rgb.shape)
        if self.frames is None:
            return self.boxes
        return self.frames.pop(0) if self.frames else []


class Stub:
    """A classifier whose probabilities are those of `predict`, which takes uint8 (N, size, size[, 3])."""

    temperature = UNCALIBRATED

    def __init__(
        self, classes: tuple[str, ...], predict: Callable[[np.ndarray], np.ndarray], size: int = 24, channels: int = 1
    ) -> None:
        self.classes, self.probabilities = classes, predict
        self.input = SimpleNamespace(size=size, channels=channels)
