"""A photo of the visitor's own in place of a stored face: the uploader comes at a button, and loads nothing before."""

from functools import partial

import streamlit as st

from dashboard.camera import photo
from dashboard.components.toolbar import Action, toolbar

__all__ = ["take"]


def take(key: str) -> bytes | None:
    """Draw the button, and the uploader once it was pressed; a second press takes the photo away."""
    name = f"{key}-wanted"
    wanted = bool(st.session_state.get(name))
    turn = partial(st.session_state.__setitem__, name, not wanted)
    label = "Without a photo" if wanted else "Use a photo"
    toolbar([Action("photo", label, on_change=lambda _: turn())], key=f"{key}-button")
    if not wanted:
        return None
    taken = st.file_uploader("Photo", photo.TYPES, key=key, label_visibility="collapsed", width=420)
    return None if taken is None else bytes(taken.getvalue())
