"""A visitor's photos for as long as they want them: they stay when another page is visited, until others take their
place or they are removed. In the session's memory alone."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from ferkit.predict.photos import File

__all__ = ["remove", "taken"]


def taken(source: str, draw: Callable[..., Any]) -> tuple[File, ...]:
    """The photos, name and content, that the widget `draw(key=, on_change=, args=)` took now or before; the same object
    until they change.

    Another number in the key of the widget makes it an empty one.
    """
    key = f"photo-{source}" + (f"-{n}" if (n := st.session_state.get(_number(source), 0)) else "")
    draw(key=key, on_change=_changed, args=(source, key))
    files: tuple[File, ...] = st.session_state.get(_place(source), ())
    return files


def remove(source: str, label: str = "Remove the photo") -> None:
    """A button that forgets the photos."""

    def forget() -> None:
        st.session_state.pop(_place(source), None)
        st.session_state[_number(source)] = st.session_state.get(_number(source), 0) + 1

    st.button(label, icon=":material/delete:", key="photo-remove", on_click=forget)


def _changed(source: str, key: str) -> None:
    """Keep what was taken; forget it where the visitor took it back."""
    value = st.session_state.get(key)
    files = value if isinstance(value, list) else [value] if value is not None else []
    if files:
        st.session_state[_place(source)] = tuple((file.name, file.getvalue()) for file in files)
    else:
        st.session_state.pop(_place(source), None)


def _place(source: str) -> str:
    return f"kept-photo-{source}"


def _number(source: str) -> str:
    return f"removed-photos-{source}"
