"""What classifies faces, and how the faces of several requests become one batch.

    batched = Batched(Classifier.open(run))
    batched.probabilities(faces)  # from any thread; waits for its share of a batch

There is no waiting for a batch to fill: while one is computed, faces arrive, and all that have arrived are the next. So
a lone request loses nothing, and the more there are, the larger the batches.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

import numpy as np

__all__ = ["Batched", "Engine", "Shape"]

LARGEST = 64  # faces of a batch, where several requests share it


class Shape(Protocol):
    """The faces an engine reads."""

    @property
    def size(self) -> int: ...

    @property
    def channels(self) -> int: ...


class Engine(Protocol):
    """uint8 faces in, probabilities out, as `ferkit.predict.Classifier` and `ferkit.serve.exported.Exported` do."""

    @property
    def classes(self) -> tuple[str, ...]: ...

    @property
    def input(self) -> Shape: ...

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """uint8 (N, size, size[, 3]) -> float (N, C), rows sum to 1."""
        ...


Asked = tuple[np.ndarray, "Future[np.ndarray]"]


class Batched:
    """An engine for many threads, which computes in one of its own."""

    def __init__(self, engine: Engine, on_batch: Callable[[int], None] = lambda faces: None) -> None:
        self.classes, self.input = engine.classes, engine.input
        self._engine, self._on_batch = engine, on_batch
        self._asked: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)
        self._thread.start()

    def submit(self, images: np.ndarray) -> "Future[np.ndarray]":
        """uint8 (N, size, size[, 3]) -> its probabilities, later."""
        answer: Future[np.ndarray] = Future()
        self._asked.put((images, answer))
        return answer

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """uint8 (N, size, size[, 3]) -> float (N, C). Raises what the engine raises."""
        return self.submit(images).result()

    def close(self) -> None:
        """Answer what was asked and end the thread."""
        self._asked.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (first := self._asked.get()) is not None:
            batch, last = self._gather(first)
            self._answer(batch)
            if last:
                return

    def _gather(self, first: Asked) -> tuple[list[Asked], bool]:
        """All that has arrived, at most `LARGEST` faces unless one request has more, and whether to end after it."""
        batch, faces = [first], len(first[0])
        while faces < LARGEST:
            try:
                asked = self._asked.get_nowait()
            except queue.Empty:
                break
            if asked is None:
                return batch, True
            batch.append(asked)
            faces += len(asked[0])
        return batch, False

    def _answer(self, batch: list[Asked]) -> None:
        try:
            answers = self._engine.probabilities(np.concatenate([images for images, _ in batch]))
        except BaseException as error:  # whatever it is, nobody may wait for ever
            for _, answer in batch:
                answer.set_exception(error)
            return
        self._on_batch(len(answers))
        ends = np.cumsum([len(images) for images, _ in batch])[:-1]
        for (_, answer), rows in zip(batch, np.split(answers, ends), strict=True):
            answer.set_result(rows)
