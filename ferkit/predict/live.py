"""Frames in, annotated frames out, for a webcam.

live = Live(classifier, of_classes(classifier.classes), detector(), smoothing=0.6)
shown, reading = live.annotate(frame)
"""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ferkit.errors import ConfigError
from ferkit.faces import LIVE, MARGIN, Detector, Effort, Tracker
from ferkit.predict.drawing import draw_faces, draw_note
from ferkit.predict.photo import FaceReading, read

if TYPE_CHECKING:
    from ferkit.predict.classifier import Classifier

__all__ = ["FrameReading", "Live"]

WINDOW = 30  # frames the rate is taken over
PAUSE = 2.0  # seconds without a frame after which the rate is reset


@dataclass(frozen=True, eq=False)
class FrameReading:
    """The faces of one frame, their probabilities smoothed over the frames before it."""

    fps: float  # frames per second over the last `WINDOW`; 0 at the first
    faces: tuple[FaceReading, ...]  # largest first


class Live:
    """Finds, classifies and follows the faces of one stream. One object per stream; its settings may change while it
    runs.

    `colours` gives each class its `#rrggbb`. Raises ConfigError where it lacks one.
    """

    def __init__(
        self,
        classifier: "Classifier",
        colours: Mapping[str, str],
        detector: Detector,
        smoothing: float = 0.6,
        *,
        margin: float = MARGIN,
        effort: Effort = LIVE,
    ) -> None:
        if missing := [name for name in classifier.classes if name not in colours]:
            raise ConfigError(f"Expected a colour for each class, got none for {', '.join(missing)}. Add it.")
        self.classifier, self.colours, self.detector = classifier, dict(colours), detector
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

    def annotate(self, frame: np.ndarray) -> tuple[np.ndarray, FrameReading]:
        """A frame, uint8 RGB (H, W, 3) -> a copy with boxes, names, bars and the rate drawn over it, and the same in
        numbers."""
        faces = self._faces(frame)
        reading = FrameReading(self._rate(), faces)
        shown = frame.copy()
        words = [f"{reading.fps:.0f} fps"] * bool(reading.fps) + ["no face found"] * (not faces)
        notes = [draw_note(shown, ", ".join(words))] if words else []
        draw_faces(shown, faces, self.colours, notes)
        return shown, reading

    def _faces(self, frame: np.ndarray) -> tuple[FaceReading, ...]:
        faces = read(frame, self.classifier, self.detector, margin=self.margin, effort=self.effort).faces
        tracks = self._tracker.update([face.box for face in faces], [face.probabilities for face in faces])
        return tuple(
            replace(face, probabilities=track.probabilities, track=track.id)
            for face, track in zip(faces, tracks, strict=True)
        )

    def _rate(self) -> float:
        now = time.perf_counter()
        if self._times and now - self._times[-1] > PAUSE:
            self._times.clear()
        self._times.append(now)
        return (len(self._times) - 1) / max(1e-9, now - self._times[0]) if len(self._times) > 1 else 0.0
