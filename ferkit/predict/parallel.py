"""Batches in parallel: one thread per core, each with its own whole batches.

Splitting every operation over the cores, as torch does, makes the cores wait for each other some hundred times a batch,
and without end on a busy machine. Whole batches need no waiting, and the numbers do not depend on how many cores there
are.

`torch.set_num_threads` is not called here, nor anywhere in the package: it is a setting of the process, not of the
thread that calls it. It resizes the pools of MKL and of torch and drops oneDNN's caches while other threads (another
page, a training) may be computing with them, and every thread that starts later inherits it. OpenMP's own limit holds
for the calling thread alone, so that is what a worker sets.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

import torch
from threadpoolctl import ThreadpoolController

__all__ = ["cores", "over_batches", "use_one_core"]

T = TypeVar("T")


def cores() -> int:
    """How many threads torch gives one operation in the calling thread: the number of workers."""
    return torch.get_num_threads()


def use_one_core() -> None:
    """Let torch compute the operations of the calling thread in that thread alone. No other thread is affected."""
    torch.get_num_threads()  # which sets the number of a new thread, once
    _openmp().limit(limits=1, user_api="openmp")


@lru_cache(maxsize=1)
def _openmp() -> ThreadpoolController:
    """The OpenMP libraries of this process, torch's among them."""
    return ThreadpoolController()


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
    with ThreadPoolExecutor(min(cores(), len(slices)), "batches", use_one_core) as pool:
        yield from pool.map(work, slices)
