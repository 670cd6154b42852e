"""Batches side by side: one thread per core, each with whole batches of its own.

Splitting every operation over the cores, as torch does, makes the cores wait for each other some hundred times a batch,
and without end beside another busy process. Whole batches need no waiting, and the numbers do not depend on how many
cores there are.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch

__all__ = ["over_batches"]

T = TypeVar("T")
CORES = torch.get_num_threads()  # asked once: a thread started while a pool is at work would be told 1


def over_batches(
    work: Callable[[slice], T], n: int, size: int, progress: Callable[[int, int], None] | None = None
) -> Iterator[T]:
    """`work` on consecutive slices of n faces, `size` at a time: its results in order. After each, `progress(done, n)`.

    `work` runs in several threads at once, so it brings its own inference mode. A single batch stays in the calling
    thread.
    """
    slices = [slice(start, min(start + size, n)) for start in range(0, n, size)]
    results = map(work, slices) if len(slices) < 2 else _threaded(work, slices)
    for rows, result in zip(slices, results, strict=True):
        yield result
        if progress is not None:
            progress(rows.stop, n)


def _threaded(work: Callable[[slice], T], slices: list[slice]) -> Iterator[T]:
    with ThreadPoolExecutor(min(CORES, len(slices)), initializer=torch.set_num_threads, initargs=(1,)) as pool:
        try:
            yield from pool.map(work, slices)
        finally:
            torch.set_num_threads(CORES)  # what a worker sets holds for every thread started later
