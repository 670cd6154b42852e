"""Which detector finds the faces, and a button to get the better one where it is missing."""

import streamlit as st

from dashboard.words import plain
from ferkit.errors import FerkitError
from ferkit.faces.yunet import get_yunet, yunet_file

__all__ = ["HAAR", "show"]

FAILED = "yunet-failed"
HAAR = "OpenCV's Haar cascade finds the faces, and misses about one in four; YuNet misses fewer than one in ten."


def show(without: str = HAAR) -> None:
    """One line; where YuNet is not at work it is `without`, with a button beside it."""
    if _is_yunet():
        st.caption("YuNet finds the faces.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(without)
        st.button(
            "Get YuNet", icon=":material/download:", key="get-yunet", on_click=_get,
            help="230 kB from the OpenCV Zoo, checked and kept on this machine.",
        )  # fmt: skip
    if message := st.session_state.pop(FAILED, ""):
        st.error(plain(message), icon=":material/error:")


def _is_yunet() -> bool:
    try:
        return yunet_file() is not None
    except FerkitError:  # a variable that names no file: said where the detector starts
        return True


def _get() -> None:
    try:
        get_yunet()
    except FerkitError as error:
        st.session_state[FAILED] = str(error)
