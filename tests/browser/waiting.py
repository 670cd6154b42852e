"""Waiting for what the browser does by itself, for as long as a busy machine needs."""

import time
from collections.abc import Callable
from typing import Any

__all__ = ["becomes"]

PATIENCE = 120  # seconds


def becomes(page: Any, condition: Callable[[], bool]) -> None:
    """Wait until it holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        page.wait_for_timeout(20)
