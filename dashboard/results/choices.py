"""Which runs a page shows side by side."""

from collections.abc import Sequence

from dashboard import parameters
from dashboard.components.toolbar import Several, toolbar
from dashboard.state import Selection, narrow, put, value

__all__ = ["runs"]

MOST = 4  # runs side by side


def runs(selection: Selection, names: Sequence[str], *, key: str) -> list[str]:
    """Up to four of `names`; the first two are the Selection's run and baseline, so that the URL holds them."""
    kept = [name for name in (selection.run, selection.base, *value(parameters.MORE_RUNS)) if name in names]
    chosen = list(dict.fromkeys(kept))[:MOST]
    several = Several(
        "runs",
        "Runs",
        {name: name for name in names},
        chosen,
        most=MOST,
        placeholder="Add a run …",
        on_change=_changed,
        help="The first is the run, the second its baseline, as in the sidebar.",
    )
    toolbar([several], key=key)
    return chosen


def _changed(chosen: Sequence[str]) -> None:
    put(parameters.MORE_RUNS, tuple(chosen[2:]))
    if chosen:
        narrow(run=chosen[0], base=chosen[1] if len(chosen) > 1 else "")
