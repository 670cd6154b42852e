"""A visitor's photo for as long as they want it: it stays when another page is visited, until another takes its place
or it is removed. In the session's memory alone."""

from collections.abc import Callable
from typing import Any

import streamlit as st

__all__ = ["remove", "taken"]


def taken(source: str, draw: Callable[..., Any]) -> bytes | None:
    """The photo that the widget `draw(key=, on_change=, args=)` took now or before; None where there is none.

    Another number in the key of the widget makes it an empty one.
    """
    key = f"photo-{source}" + (f"-{n}" if (n := st.session_state.get(_number(source), 0)) else "")
    draw(key=key, on_change=_changed, args=(source, key))
    content: bytes | None = st.session_state.get(_place(source))
    return content


def remove(source: str) -> None:
    """A button that forgets the photo."""

    def forget() -> None:
        st.session_state.pop(_place(source), None)
        st.session_state[_number(source)] = st.session_state.get(_number(source), 0) + 1

    st.button("Remove the photo", icon=":material/delete:", key="photo-remove", on_click=forget)


def _changed(source: str, key: str) -> None:
    """Keep what was taken; forget it where the visitor took it back."""
    file = st.session_state.get(key)
    if file is None:
        st.session_state.pop(_place(source), None)
    else:
        st.session_state[_place(source)] = file.getvalue()


def _place(source: str) -> str:
    return f"kept-photo-{source}"


def _number(source: str) -> str:
    return f"removed-photos-{source}"
