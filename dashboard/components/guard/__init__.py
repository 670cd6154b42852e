"""What every page needs in the browser: a page on its way cannot be clicked, and Back is one step.

Streamlit takes a click on a page that is being left for one on the new page: it runs a fragment whose place is gone,
and the whole page breaks. And it enters a page into the history twice, without its parameters and with them.
"""

from collections.abc import Mapping

import streamlit as st

from dashboard.components.source import joined

__all__ = ["guard"]

_component = st.components.v2.component("ferkit_guard", html="<span></span>\n", js=joined("guard/guard.js"))


def guard(helps: Mapping[str, str]) -> None:
    """Mount it once, where every page has it; it shows nothing. `helps` say what the page of each title is for: shown
    where the mouse rests on a link of the navigation."""
    _component(data={"helps": dict(helps)}, key="guard")
