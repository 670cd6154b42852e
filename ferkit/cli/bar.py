"""One progress bar for the commands: on standard error, gone when it is done, and nothing without a terminal."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, TextColumn, TimeElapsedColumn

__all__ = ["progress_bar"]


def progress_bar(amount: ProgressColumn | None = None, time: ProgressColumn | None = None) -> Progress:
    """Description, bar, `amount` (done of all by default) and `time` (elapsed by default)."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        amount or MofNCompleteColumn(),
        time or TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
