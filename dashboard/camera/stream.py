"""The webcam's stream: a frame comes in on a thread of its own, an annotated one goes out, the last reading stays to be
told."""

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from ferkit.faces import Detector
from ferkit.predict.live import Live, Reading

if TYPE_CHECKING:
    from av import VideoFrame

    from ferkit.predict.classifier import Classifier

__all__ = ["Stream"]


class Stream:
    """One visitor's stream through one network; `live.smoothing` may be set while it runs."""

    def __init__(self, classifier: "Classifier", colours: dict[str, str], detector: Detector, smoothing: float) -> None:
        self._local = threading.local()
        self._classifier = classifier
        size, channels = classifier.input.size, classifier.input.channels
        self.live = Live(self._predict, classifier.classes, colours, detector, smoothing, size=size, channels=channels)
        self.reading: Reading | None = None  # of the last frame

    def process(self, frame: "VideoFrame") -> "VideoFrame":
        """The frame with everything drawn over it; called by the stream's thread."""
        shown, self.reading = self.live.annotate(frame.to_ndarray(format="rgb24"))
        made: Any = type(frame).from_ndarray(shown, format="rgb24")
        made.pts, made.time_base = frame.pts, frame.time_base
        return made

    def _predict(self, crops: list[np.ndarray]) -> np.ndarray:
        """uint8 (N, size, size[, 3]) -> (N, C). One thread is fastest for a face or two, and leaves a core to the
        detector."""
        if not getattr(self._local, "ready", False):
            import torch

            torch.set_num_threads(1)
            self._local.ready = True
        return self._classifier.probabilities(np.stack(crops))
