"""What a visitor did to a component, a chart or a table, read so that an event of a page already left is ignored.

A click that arrives while another page is being drawn still calls its callback; by then Streamlit may have dropped the
widget's state, and what the event refers to may be gone.
"""

from collections.abc import Mapping
from typing import Any

import streamlit as st

__all__ = ["event", "selected"]


def event(key: str, name: str) -> Any:
    """What the component `key` just sent as its trigger `name`; None where it sent nothing or is no longer there."""
    state = st.session_state.get(key)
    return state.get(name) if isinstance(state, Mapping) else None


def selected(key: str) -> Mapping[str, Any]:
    """The selection on the chart or table `key`: {"rows": [...]}, {"points": [...], "lasso": [...]} or {}."""
    selection = event(key, "selection")
    return selection if isinstance(selection, Mapping) else {}
