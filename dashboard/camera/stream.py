"""The webcam's stream: frames come in on a separate thread and go out annotated; the last reading is kept."""

import threading
import time
from typing import TYPE_CHECKING, Any

from ferkit.faces import Detector
from ferkit.monitor.log import Sampler, record
from ferkit.predict.live import FrameReading, Live

if TYPE_CHECKING:
    from av import VideoFrame

    from ferkit.predict.classifier import Classifier

__all__ = ["Stream"]


class Stream:
    """One visitor's stream through one network; `live.smoothing` may be set while it runs."""

    def __init__(
        self, classifier: "Classifier", colours: dict[str, str], detector: Detector, smoothing: float, run: str = ""
    ) -> None:
        self._local, self._run, self._sampler = threading.local(), run, Sampler()
        self.live = Live(classifier, colours, detector, smoothing)
        self.reading: FrameReading | None = None  # of the last frame

    def process(self, frame: "VideoFrame") -> "VideoFrame":
        """The frame with everything drawn over it; called by the stream's thread."""
        self._use_one_thread()
        began = time.perf_counter()
        shown, self.reading = self.live.annotate(frame.to_ndarray(format="rgb24"))
        if self._sampler.due():
            record("webcam", self._run, self.reading.faces, time.perf_counter() - began)
        annotated: Any = type(frame).from_ndarray(shown, format="rgb24")
        annotated.pts, annotated.time_base = frame.pts, frame.time_base
        return annotated

    def _use_one_thread(self) -> None:
        """The fastest for a face or two, and it leaves a core to the detector."""
        if not getattr(self._local, "ready", False):
            from ferkit.predict.parallel import use_one_core

            use_one_core()
            self._local.ready = True
