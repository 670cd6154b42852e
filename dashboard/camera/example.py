"""A face to try the Photo page with when nobody brought one: of the dataset, or drawn."""

import cv2
import numpy as np
import streamlit as st

from dashboard import load
from dashboard.faces.detail import enlarge
from ferkit.data.faces import Faces

__all__ = ["offer"]

SIDE = 320  # pixels: large enough for the detector


def offer(data: str) -> bytes | None:
    """A button for another face each time; the face as a PNG once it was pressed."""
    here = load.faces(data) is not None
    words = f"Try a face of {data}" if here else "Try a drawn face"

    def another() -> None:
        st.session_state["example"] = st.session_state.get("example", -1) + 1

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(words, icon=":material/casino:", on_click=another, key="example-button")
        st.caption("Nothing leaves this machine; pictures are forgotten when the app stops.")
    chosen = st.session_state.get("example", -1)
    if chosen < 0:
        return None
    faces = load.faces(data if here else load.DEMO)
    return None if faces is None else _png(faces, chosen)


def _png(faces: Faces, number: int) -> bytes:
    """The face of that number in a fixed shuffle, enlarged."""
    row = int(np.random.default_rng(0).permutation(len(faces))[number % len(faces)])
    st.caption(f"This one is labelled **{faces.classes[faces.labels[row]]}** in {faces.name}.")
    image = enlarge(faces.images[row], SIDE)
    shown = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    return cv2.imencode(".png", shown)[1].tobytes()
