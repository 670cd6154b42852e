"""While another page is on its way, nothing of the page being left can be clicked.

Streamlit takes such a click for one on the new page: it runs a fragment whose place is gone, and the whole page breaks.
"""

from pathlib import Path

import streamlit as st

__all__ = ["guard"]

HERE = Path(__file__).parent
_component = st.components.v2.component(
    "ferkit_guard", html="<span></span>\n", js=(HERE / "guard.js").read_text("utf-8")
)


def guard() -> None:
    """Mount it once, where every page has it; it shows nothing."""
    _component(key="guard")
