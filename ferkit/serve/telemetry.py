"""Counts and times for Prometheus. Several workers share files in `PROMETHEUS_MULTIPROC_DIR`, so each tells of all."""

import os
import re
import tempfile
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from ferkit.predict.photo import PhotoReading
from ferkit.text import printable

__all__ = ["Telemetry", "share_between_workers"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)
SIZES = (1, 2, 4, 8, 16, 32, 64)
SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)


class Telemetry:
    """The metrics of one app; the functions below may be called from any thread."""

    def __init__(self) -> None:
        own = self._registry = CollectorRegistry()
        self._requests = Counter("ferkit_requests", "Requests to /predict by status.", ["status"], registry=own)
        self._seconds = Histogram("ferkit_request_seconds", "Of requests to /predict.", registry=own, buckets=SECONDS)
        self._pictures = Counter("ferkit_pictures", "Pictures read.", registry=own)
        self._reading = Histogram("ferkit_picture_seconds", "Of one picture.", registry=own, buckets=SECONDS)
        self._faces = Counter("ferkit_faces", "Faces by their emotion.", ["emotion"], registry=own)
        self._confidence = Histogram("ferkit_confidence", "Of faces.", registry=own, buckets=SHARES)
        self._batches = Histogram("ferkit_batch_faces", "Faces of one batch.", registry=own, buckets=SIZES)
        self.in_progress = Gauge(
            "ferkit_requests_in_progress", "Requests being answered.", registry=own, multiprocess_mode="livesum"
        )

    def request(self, status: int, seconds: float) -> None:
        self._requests.labels(str(status)).inc()
        self._seconds.observe(seconds)

    def reading(self, reading: PhotoReading, seconds: float) -> None:
        self._pictures.inc()
        self._reading.observe(seconds)
        for face in reading.faces:
            self._faces.labels(printable(face.label)).inc()
            self._confidence.observe(face.confidence)

    def batch(self, faces: int) -> None:
        self._batches.observe(faces)

    def text(self) -> bytes:
        """All of it in Prometheus' format, of all workers where several share a folder."""
        if FOLDER not in os.environ:
            return generate_latest(self._registry)
        _forget_the_dead(Path(os.environ[FOLDER]))
        shared = CollectorRegistry()
        MultiProcessCollector(shared)
        return generate_latest(shared)


def share_between_workers() -> tempfile.TemporaryDirectory[str]:
    """A folder for the processes that are started from here; it goes when it is closed."""
    folder = tempfile.TemporaryDirectory(prefix="ferkit-metrics-")
    os.environ[FOLDER] = folder.name
    return folder


def _forget_the_dead(folder: Path) -> None:
    """What a killed worker was doing is no longer in progress; what it counted stays."""
    for path in folder.glob("gauge_live*_*.db"):
        process = int(re.findall(r"\d+", path.name)[-1])
        if not Path(f"/proc/{process}").exists() and Path("/proc/self").exists():
            mark_process_dead(process, str(folder))
