"""Choices that more than one page offers: which runs, and whether faces that are also in train count."""

from collections.abc import Sequence

import streamlit as st

from dashboard.state import Selection, narrow

__all__ = ["dedup", "runs"]

ALL, CLEAN = "all faces", "de-duplicated"
MOST = 4  # runs side by side


def dedup(leaked: int, n: int) -> bool:
    """Whether to leave out the `leaked` of n faces whose exact pixels are also in the training data; kept over the
    pages."""
    if not leaked:
        return False
    # A widget's own value is lost on another page.
    st.session_state["dedup"] = st.session_state.get("counted", ALL)
    choice = st.segmented_control(
        "Faces counted",
        [ALL, CLEAN],
        required=True,
        key="dedup",
        on_change=_counted,
        help=f"{leaked:,} of the {n:,} faces of this split are exact copies of training faces. De-duplicated scores "
        "leave them out.",
    )
    return bool(choice == CLEAN)


def _counted() -> None:
    st.session_state["counted"] = st.session_state["dedup"]


def runs(selection: Selection, names: Sequence[str], *, key: str) -> list[str]:
    """Up to four of `names`; the first two are the Selection's run and baseline, so that the URL holds them."""
    kept = [name for name in (selection.run, selection.base, *st.session_state.get(f"{key}-more", ())) if name in names]
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
    chosen = st.session_state[key]
    st.session_state[f"{key}-more"] = tuple(chosen[2:])
    if chosen:
        narrow(run=chosen[0], base=chosen[1] if len(chosen) > 1 else "")
