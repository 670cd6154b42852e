"""One row per predicted face, measured and written by a thread of its own: a prediction never waits and never fails for
its log.

    record("photo", run.name, reading.faces, seconds)  # nothing happens unless FERKIT_LOG names a database
"""

import atexit
import queue
import sys
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ferkit.monitor.coordinates import coordinates
from ferkit.monitor.pictures import as_png, kept
from ferkit.monitor.store import Store, address
from ferkit.predict.photo import FaceReading
from ferkit.text import printable

__all__ = ["Log", "Sampler", "record"]

MOST = 5000  # readings that may wait; beyond, they are dropped and counted
BATCH = 500  # rows of one transaction
PAUSE = 0.2  # seconds between two transactions


class Log:
    """Writes to a store in the background, with the crops of the latest `pictures` faces. `dropped` counts readings
    that were not written."""

    def __init__(self, store: Store, pictures: int = 0) -> None:
        self.store, self.pictures, self.dropped = store, pictures, 0
        self._waiting: queue.Queue[tuple[Any, ...] | None] = queue.Queue(MOST)
        self._thread = threading.Thread(target=self._work, name="log", daemon=True)
        self._thread.start()

    def record(self, source: str, run: str, faces: Sequence[FaceReading], seconds: float) -> None:
        """The faces of one picture, from any thread; returns at once."""
        try:
            self._waiting.put_nowait((datetime.now(UTC).replace(tzinfo=None), source, run, tuple(faces), seconds))
        except queue.Full:
            self.dropped += 1

    def flush(self) -> None:
        """Wait until everything recorded before is written or dropped."""
        self._waiting.join()

    def close(self) -> None:
        """Write what waits and end the thread."""
        self._waiting.put(None)
        self._thread.join(10)
        self.store.close()

    def _work(self) -> None:
        ended = False
        while not ended:
            readings = [self._waiting.get()]
            while len(readings) < BATCH and not self._waiting.empty():
                readings.append(self._waiting.get())
            ended = None in readings
            self._write([reading for reading in readings if reading is not None])
            for _ in readings:
                self._waiting.task_done()
            if not ended:
                time.sleep(PAUSE)

    def _write(self, readings: list[tuple[Any, ...]]) -> None:
        try:
            rows = [row for reading in readings for row in _rows(*reading)]
            if rows:
                crops = [face.crop for *_, faces, _ in readings for face in faces] if self.pictures else []
                self.store.add(rows, [as_png(crop) for crop in crops], self.pictures)
        except Exception as error:  # a full disk, a database that is gone: the next batch tries again
            if not self.dropped:
                print(f"The log cannot be written: {printable(str(error))[:200]}", file=sys.stderr)
            self.dropped += len(readings)


class Sampler:
    """Lets a reading of a stream through every so often, so that one visitor's webcam does not outweigh all photos."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds, self._last = seconds, -float("inf")

    def due(self, now: float | None = None) -> bool:
        now = time.monotonic() if now is None else now
        if now - self._last < self._seconds:
            return False
        self._last = now
        return True


def record(source: str, run: str, faces: Sequence[FaceReading], seconds: float) -> None:
    """Log the faces of one picture where FERKIT_LOG names a database, and their crops where FERKIT_LOG_PICTURES asks
    for some; an address that cannot be used is said once."""
    log = _current(address())
    if log is not None:
        log.record(source, run, faces, seconds)


_logs: dict[str, Log | None] = {}
_lock = threading.Lock()


def _current(url: str) -> Log | None:
    if not url:
        return None
    with _lock:
        if url not in _logs:
            try:
                pictures = kept()
                _logs[url] = Log(Store(url), pictures)
                atexit.register(_logs[url].close)  # type: ignore[union-attr]
            except Exception as error:
                print(printable(str(error)), file=sys.stderr)
                _logs[url] = None
        return _logs[url]


def _rows(when: datetime, source: str, run: str, faces: Sequence[FaceReading], seconds: float) -> list[dict[str, Any]]:
    return [
        {
            "time": when, "source": source, "run": run, "latency": 1000 * seconds, "emotion": face.label[:200],
            "confidence": face.confidence, "size": float(max(face.box.w, face.box.h)), **_measured(face.crop),
            "features": features,
        }
        for face, features in zip(faces, coordinates(run, faces), strict=True)
    ]  # fmt: skip


def _measured(crop: np.ndarray | None) -> dict[str, float | None]:
    if crop is None:
        return {"brightness": None, "sharpness": None}
    from ferkit.audit.pixels import pixel_properties

    values = pixel_properties(crop[None])
    return {name: float(values[name][0]) for name in ("brightness", "sharpness")}
