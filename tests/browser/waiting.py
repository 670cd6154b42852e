"""Wait for what a test is about, no longer."""

import time
from collections.abc import Callable
from typing import Any

__all__ = ["becomes", "painted_anew"]

PATIENCE = 60  # seconds: a busy machine is not a failure


def becomes(page: Any, condition: Callable[[], bool]) -> None:
    """Wait until it holds: a page moves for a moment, and shorter where the machine is not busy."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never was so"
        page.wait_for_timeout(20)


def painted_anew(page: Any) -> None:
    """Wait until what the last event led to has been drawn: two frames."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
