"""How far a long command is: a bar on a terminal, else a line on stderr every ten seconds."""

import contextlib
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ferkit.text import printable

__all__ = ["reporting"]

EVERY = 10  # seconds


@contextlib.contextmanager
def reporting(title: str) -> Iterator[Callable[[int, int], None]]:
    """A callback (done, total) for the length of the block, in any one unit."""
    title, console = printable(title), Console(stderr=True)
    if not console.is_terminal:
        yield _lines(title, console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(escape(title), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(title: str, console: Console) -> Callable[[int, int], None]:
    began = last = time.monotonic()

    def call(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= EVERY:
            last = now
            console.print(
                f"{title}: {done / max(total, 1):.0%} after {now - began:.0f} s",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )

    return call
