"""The first page's modules and runs are loaded while the browser still fetches Streamlit itself: half a second less."""

import threading

__all__ = ["start"]


def start() -> threading.Thread:
    """Begin, in a thread of its own; whoever imports the same meanwhile waits for it, as Python has it."""
    thread = threading.Thread(target=_load, name="early", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    from dashboard import load, memory, sidebar  # noqa: F401
    from dashboard.results import cards, frontier, leaderboard, ranking  # noqa: F401

    load.all_runs()
