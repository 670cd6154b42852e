"""Work done by several threads at once."""

import threading
from collections.abc import Callable

__all__ = ["together"]


def together(work: Callable[[], list[object]], threads: int = 4) -> list[object]:
    """What `work` returns in each of the threads, and every exception it raised, in one list."""
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.extend(work())
        except Exception as error:
            outcomes.append(error)

    running = [threading.Thread(target=run) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return outcomes
