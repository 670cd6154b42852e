"""A recording of the webcam that its visitor opened on the Video page: in the session's memory alone."""

import base64
import binascii

import streamlit as st

__all__ = ["MOST", "follow", "forget", "keep", "kept", "remove"]

MOST = 20_000_000  # bytes: as in the browser
KEPT, SENT = "webcam-recording", "webcam-recording-sent"


def keep(text: str) -> None:
    """Keep a recording that the browser sent as base64, to be opened by `follow`; what is none, or too large, is an
    empty one."""
    try:
        content = base64.b64decode(text, validate=True) if len(text) <= 4 * (MOST // 3 + 1) else b""
    except (binascii.Error, ValueError):
        content = b""
    st.session_state[KEPT], st.session_state[SENT] = content, True


def follow() -> None:
    """Go to the Video page where a recording was just sent."""
    if st.session_state.pop(SENT, False):
        st.switch_page("../pages/video.py")


def kept() -> bytes | None:
    """The recording, until it is forgotten."""
    content: bytes | None = st.session_state.get(KEPT)
    return content


def forget() -> None:
    """As if none had been sent."""
    st.session_state.pop(KEPT, None)


def remove() -> None:
    """Say what is shown, with a button that forgets it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Your recording from the webcam.", width="content")
        st.button("Remove the recording", icon=":material/delete:", key="recording-remove", on_click=forget)
