"""Ctrl-C, raised where it is not lost."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["deferred_sigint"]


@contextlib.contextmanager
def deferred_sigint() -> Iterator[Callable[[], None]]:
    """Remember Ctrl-C; the function that is yielded re-raises it. Python drops a KeyboardInterrupt that is raised in
    a finaliser or in a callback from C."""
    caught: list[int] = []

    def remember(number: int, frame: Any) -> None:
        caught.append(number)
        raise KeyboardInterrupt

    def raise_if_interrupted() -> None:
        if caught:
            raise KeyboardInterrupt

    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    replace = default and threading.current_thread() is threading.main_thread()
    if replace:
        signal.signal(signal.SIGINT, remember)
    try:
        yield raise_if_interrupted
    finally:
        if replace:
            signal.signal(signal.SIGINT, signal.default_int_handler)
