"""Pictures to faces, in threads, for so many requests at a time."""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from ferkit import images
from ferkit.errors import MediaError
from ferkit.faces import Detector
from ferkit.predict.photo import PhotoReading, read
from ferkit.serve.bodies import Upload
from ferkit.serve.engine import Batched
from ferkit.serve.refusals import busy, late, unreadable
from ferkit.serve.settings import Limits

if TYPE_CHECKING:
    from ferkit.predict.classifier import Classifier

__all__ = ["Place", "Reader"]

OnReading = Callable[[PhotoReading, float], None]  # a picture's faces, and the seconds it took


class Place:
    """One request's place among those worked on at a time. Kept until its thread has ended, whoever has given up."""

    def __init__(self, reader: "Reader") -> None:
        self._reader = reader
        self.deadline = time.monotonic() + reader.limits.seconds

    async def __aenter__(self) -> "Place":
        if self._reader.taken >= self._reader.limits.requests:
            raise busy(self._reader.limits.requests)
        self._reader.taken += 1
        self._work: asyncio.Future[list[PhotoReading]] | None = None
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._work is None or self._work.done():
            self._free()
        else:
            self._work.add_done_callback(self._free)

    async def read(self, uploads: Sequence[Upload], whole_image: bool) -> list[PhotoReading]:
        """One reading per picture. Raises Refused: 413 or 422 for a picture, 503 after the deadline."""
        loop, reader = asyncio.get_running_loop(), self._reader
        self._work = loop.run_in_executor(reader.threads, reader.read_all, uploads, whole_image, self.deadline)
        return await asyncio.shield(self._work)

    def _free(self, work: "asyncio.Future[list[PhotoReading]] | None" = None) -> None:
        self._reader.taken -= 1
        if work is not None and not work.cancelled():
            work.exception()  # nobody waits for it any more


class Reader:
    """Reads pictures by one engine and one detector. `taken` is how many requests are worked on or waiting."""

    def __init__(
        self,
        engine: Batched,
        detector: Detector,
        limits: Limits,
        on_reading: OnReading = lambda reading, seconds: None,
    ) -> None:
        self.engine, self.detector, self.limits, self.on_reading = engine, detector, limits, on_reading
        self.threads = ThreadPoolExecutor(min(limits.requests, 2 + (os.cpu_count() or 1)), "pictures")
        self.taken = 0
        self._picture = replace(
            images.PHOTO, what="a picture", megabytes=limits.megabytes, megapixels=limits.megapixels
        )

    def place(self) -> Place:
        """A place for a request, as `async with`. Raises Refused, 429, where all are taken."""
        return Place(self)

    def read_all(self, uploads: Sequence[Upload], whole_image: bool, deadline: float) -> list[PhotoReading]:
        """One reading per picture; raises Refused."""
        return [self._read(number, upload, whole_image, deadline) for number, upload in enumerate(uploads, 1)]

    def _read(self, number: int, upload: Upload, whole_image: bool, deadline: float) -> PhotoReading:
        began = time.monotonic()
        if began > deadline:
            raise late(self.limits.seconds)
        try:
            pixels = images.open_photo(upload.content, self._picture)
        except MediaError as error:
            where = f"{upload.name or f'Picture {number}'}: "
            raise unreadable(where + str(error)) from error
        engine = cast("Classifier", self.engine)  # `read` asks it for input, classes and probabilities alone
        reading = read(pixels, engine, self.detector, whole_image=whole_image)
        self.on_reading(reading, time.monotonic() - began)
        return reading

    def close(self) -> None:
        """After the last request."""
        self.threads.shutdown()
        self.engine.close()
