"""Frames in, annotated frames out, for webcam and video. Knows no Streamlit.

live = Live(predict, classes, colours, detector(), smoothing=0.6, size=48, channels=1)
shown, reading = live.annotate(frame)
"""

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ferkit.errors import ConfigError
from ferkit.faces import LIVE, MARGIN, Box, Detector, Effort, Tracker, square_crop, to_network
from ferkit.predict.drawing import FaceReading, draw_faces, draw_note

__all__ = ["FaceReading", "Live", "Reading"]

Predict = Callable[[list[np.ndarray]], np.ndarray]
WINDOW = 30  # frames the rate is taken over
PAUSE = 2.0  # seconds without a frame after which the rate starts afresh


@dataclass(frozen=True)
class Reading:
    """What one frame says."""

    fps: float  # frames per second over the last `WINDOW`; 0 at the first
    faces: tuple[FaceReading, ...]  # largest first


class Live:
    """Finds, classifies and follows the faces of one stream. One object per stream; its settings may change while it
    runs.

    `predict` takes N uint8 crops, (size, size) or (size, size, 3), and returns probabilities (N, C) in the order of
    `classes`; `colours` gives each class its `#rrggbb`.
    """

    def __init__(
        self,
        predict: Predict,
        classes: Sequence[str],
        colours: Mapping[str, str],
        detector: Detector,
        smoothing: float = 0.6,
        *,
        size: int,
        channels: int,
        margin: float = MARGIN,
        effort: Effort = LIVE,
    ) -> None:
        if missing := [name for name in classes if name not in colours]:
            raise ConfigError(f"Expected a colour for each class, got none for {', '.join(missing)}. Add it.")
        self.predict, self.classes, self.colours = predict, tuple(classes), dict(colours)
        self.detector, self.size, self.channels = detector, size, channels
        self.margin, self.effort = margin, effort
        self._tracker = Tracker(smoothing)
        self._times: deque[float] = deque(maxlen=WINDOW)

    @property
    def smoothing(self) -> float:
        """How much of a face's past is kept, in [0, 1); set it at any moment."""
        return self._tracker.smoothing

    @smoothing.setter
    def smoothing(self, value: float) -> None:
        self._tracker.smoothing = value

    def annotate(self, frame: np.ndarray) -> tuple[np.ndarray, Reading]:
        """A frame, uint8 RGB (H, W, 3) -> a copy with boxes, names, bars and the rate drawn over it, and the same in
        numbers."""
        faces = self._read(frame)
        reading = Reading(self._rate(), faces)
        shown = frame.copy()
        words = [f"{reading.fps:.0f} fps"] * bool(reading.fps) + ["no face found"] * (not faces)
        notes = [draw_note(shown, ", ".join(words))] if words else []
        draw_faces(shown, faces, self.colours, notes)
        return shown, reading

    def _read(self, frame: np.ndarray) -> tuple[FaceReading, ...]:
        boxes = self.detector.detect(frame, self.effort)
        tracks = self._tracker.update(boxes, self._probabilities(frame, boxes))
        return tuple(
            FaceReading(
                track.box,
                self.classes[int(track.probabilities.argmax())],
                dict(zip(self.classes, track.probabilities.tolist(), strict=True)),
                track.id,
            )
            for track in tracks
        )

    def _probabilities(self, frame: np.ndarray, boxes: list[Box]) -> np.ndarray:
        if not boxes:
            return np.empty((0, len(self.classes)))
        crops = [to_network(square_crop(frame, box, self.margin), self.size, self.channels) for box in boxes]
        return self.predict(crops)

    def _rate(self) -> float:
        now = time.perf_counter()
        if self._times and now - self._times[-1] > PAUSE:
            self._times.clear()
        self._times.append(now)
        return (len(self._times) - 1) / max(1e-9, now - self._times[0]) if len(self._times) > 1 else 0.0
