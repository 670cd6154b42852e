"""The colour of each run, the same on every page."""

from collections.abc import Sequence

from dashboard import load
from dashboard.state import current
from ferkit.colours import of_runs

__all__ = ["of"]


def of(shown: Sequence[str] = ()) -> dict[str, str]:
    """run -> "#rrggbb". The chosen run, its baseline and the runs `shown` beside them never look alike."""
    runs = load.all_runs()
    together = dict.fromkeys((current().run, current().base, *shown))
    return of_runs(sorted(runs), [name for name in together if name in runs])
