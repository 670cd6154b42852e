"""Work with a network in a thread of its own, on one core: small operations split over several would wait for each
other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["alone"]

T = TypeVar("T")


def alone(work: Callable[[], T]) -> T:
    """What `work` returns or raises."""
    from ferkit.predict.parallel import use_one_core

    with ThreadPoolExecutor(1, "network", use_one_core) as pool:
        return pool.submit(work).result()
