"""A face to try the Photo page with, and a video of faces for the Video page: of the dataset, or drawn."""

import cv2
import numpy as np
import streamlit as st

from dashboard import load
from dashboard.thumbnail import enlarge
from dashboard.words import plain
from ferkit.data.faces import Faces
from ferkit.images import rgb
from ferkit.videos import Writer

__all__ = ["photo", "video"]

SIDE = 320  # pixels: large enough for the detector
RATE, STILL, FADE = 15, 16, 9  # frames per second, of each face of the video, from one to the next
PRIVATE = "Photos and videos stay on this machine and are forgotten when the app stops."


def photo(data: str) -> bytes | None:
    """A button for another face each time; the face as a PNG once it was pressed."""
    here = load.faces(data) is not None
    chosen = _button(f"Try a face of {plain(data)}" if here else "Try a drawn face", "example")
    faces = load.faces(data if here else load.DEMO) if chosen >= 0 else None
    return None if faces is None else _png(faces, chosen)


def video(data: str) -> bytes | None:
    """A button for another video each time, a face of each class fading into the next; an MP4 once it was pressed."""
    here = load.faces(data) is not None
    chosen = _button(
        f"Try a video of faces of {plain(data)}" if here else "Try a video of drawn faces", "example-video"
    )
    faces = load.faces(data if here else load.DEMO) if chosen >= 0 else None
    if faces is None:
        return None
    classes = [i for i in range(len(faces.classes)) if (faces.labels == i).any()]
    names = ", ".join(f"**{plain(faces.classes[i])}**" for i in classes)
    st.caption(f"Faces of {plain(faces.name)}, labelled {names}, one after the other.")
    content: bytes = load.cached(("example video", faces.fingerprint, chosen), lambda: _mp4(faces, classes, chosen))
    return content


def _button(label: str, key: str) -> int:
    """How often it was pressed, from 0; -1 before."""

    def another() -> None:
        st.session_state[key] = st.session_state.get(key, -1) + 1

    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(label, icon=":material/casino:", on_click=another, key=f"{key}-button")
        st.caption(PRIVATE)
    chosen: int = st.session_state.get(key, -1)
    return chosen


def _mp4(faces: Faces, classes: list[int], number: int) -> bytes:
    rng = np.random.default_rng(number)
    stills = [rgb(enlarge(faces.images[rng.choice(np.flatnonzero(faces.labels == i))], SIDE)) for i in classes]
    pairs = zip(stills, [*stills[1:], stills[-1]], strict=True)
    writer = Writer(SIDE, SIDE, RATE)
    for i, frame in enumerate(frame for still, after in pairs for frame in _faded(still, after)):
        writer.write(i / RATE, frame)
    return writer.close()


def _faded(still: np.ndarray, after: np.ndarray) -> list[np.ndarray]:
    mixed = [cv2.addWeighted(still, 1 - share, after, share, 0) for share in np.linspace(0, 1, FADE + 2)[1:-1]]
    return [still] * STILL + mixed


def _png(faces: Faces, number: int) -> bytes:
    """The face of that number in a fixed shuffle, enlarged."""
    row = int(np.random.default_rng(0).permutation(len(faces))[number % len(faces)])
    st.caption(f"This face is labelled **{plain(faces.classes[faces.labels[row]])}** in {plain(faces.name)}.")
    image = enlarge(faces.images[row], SIDE)
    shown = cv2.cvtColor(image, cv2.COLOR_RGB2BGR) if image.ndim == 3 else image
    return cv2.imencode(".png", shown)[1].tobytes()
