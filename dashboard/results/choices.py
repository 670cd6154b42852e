"""Which runs a page shows side by side."""

from collections.abc import Sequence

import streamlit as st

from dashboard import parameters
from dashboard.state import Selection, narrow, put, value

__all__ = ["runs"]

MOST = 4  # runs side by side


def runs(selection: Selection, names: Sequence[str], *, key: str) -> list[str]:
    """Up to four of `names`; the first two are the Selection's run and baseline, so that the URL holds them."""
    kept = [name for name in (selection.run, selection.base, *value(parameters.MORE_RUNS)) if name in names]
    st.session_state[key] = list(dict.fromkeys(kept))[:MOST]
    return st.multiselect(
        "Runs",
        names,
        key=key,
        max_selections=MOST,
        on_change=_changed,
        args=(key,),
        placeholder="Choose two to four runs",
        wrap=True,
        help="The first is the run, the second its baseline, as in the sidebar.",
    )


def _changed(key: str) -> None:
    chosen = st.session_state.get(key, ())
    put(parameters.MORE_RUNS, tuple(chosen[2:]))
    if chosen:
        narrow(run=chosen[0], base=chosen[1] if len(chosen) > 1 else "")
