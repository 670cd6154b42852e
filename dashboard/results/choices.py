"""Choices that more than one page offers: which runs, and whether faces that are also in train count."""

from collections.abc import Sequence

import streamlit as st

from dashboard import parameters
from dashboard.state import Selection, bind, narrow, put, value

__all__ = ["dedup", "runs"]

COUNTED = {False: "all faces", True: "de-duplicated"}
MOST = 4  # runs side by side


def dedup(leaked: int, n: int) -> bool:
    """Whether to leave out the `leaked` of n faces whose exact pixels are also in the training data; kept over the
    pages."""
    if not leaked:
        return False
    st.segmented_control(
        "Faces counted",
        COUNTED,
        format_func=COUNTED.__getitem__,
        required=True,
        **bind(parameters.DEDUPLICATED, COUNTED),
        help=f"{leaked:,} of the {n:,} faces of this split are exact copies of training faces. De-duplicated scores "
        "leave them out.",
    )
    return value(parameters.DEDUPLICATED)


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
