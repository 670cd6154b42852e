"""What a visitor is told where the faces that are read go into the log with their pictures."""

import streamlit as st

from dashboard import load
from dashboard.words import count
from ferkit.monitor.pictures import kept
from ferkit.monitor.store import address

__all__ = ["show"]


def show() -> None:
    """One line; nothing where no picture is kept."""
    with load.show_errors():
        if address() and (most := kept()):
            st.caption(f":material/save: The faces read here are kept in this app's log, the latest {count(most)}.")
