"""A person's neutral face, taken from one of their photos: what is read of their other photos is then the change
against it. In the session's memory alone."""

import hashlib
from dataclasses import replace

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.camera import corrections
from ferkit.faces import square_crop
from ferkit.images import reduce
from ferkit.predict.neutral import against_neutral, log_mean
from ferkit.predict.photo import FaceReading, PhotoReading, read
from ferkit.runs import Run

__all__ = ["corrected", "key", "offer", "show"]

KEPT = "neutral-face"
LONGEST = 512  # pixels of the picture that is kept
HELP = (
    "Probabilities are shifted, in logits, so that this face reads as a typical neutral face does: of other photos of "
    "the same person the change against it is left."
)


def offer(image: np.ndarray, face: FaceReading, margin: float, run: Run, name: str) -> None:
    """A button that takes a face of uint8 RGB (H, W, 3) as the neutral one, where `run` can be corrected with it."""
    if corrections.of(run).typical is None:
        return

    def keep() -> None:
        st.session_state[KEPT] = reduce(square_crop(image, face.box, margin), LONGEST)

    st.button("Take as neutral face", icon=":material/sentiment_neutral:", key=name, help=HELP, on_click=keep)


def show(name: str) -> None:
    """The face that was taken, and a button that forgets it; nothing where there is none."""
    picture = _picture()
    if picture is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.image(picture, width=52, alt="The neutral face")
        st.caption(
            "Against this neutral face, of the same person: every face is read as the change from it.", width="content"
        )
        st.button(
            "Forget the neutral face", icon=":material/undo:", key=name, help=HELP,
            on_click=lambda: st.session_state.pop(KEPT, None),
        )  # fmt: skip


def key() -> str:
    """What tells one neutral face from another; "" without one."""
    picture = _picture()
    return "" if picture is None else hashlib.sha256(picture.tobytes()).hexdigest()


def corrected(reading: PhotoReading, run: Run, mirror: bool) -> PhotoReading:
    """The same against the neutral face, where there is one and `run` can be corrected with it."""
    picture, typical = _picture(), corrections.of(run).typical
    if picture is None or typical is None or not reading.faces:
        return reading
    own = load.cached(("neutral face", key(), run.key, mirror), lambda: _own(picture, run, mirror))
    shown = against_neutral(np.stack([face.probabilities for face in reading.faces]), own, typical)
    return replace(reading, faces=tuple(_against(face, row) for face, row in zip(reading.faces, shown, strict=True)))


def _own(picture: np.ndarray, run: Run, mirror: bool) -> np.ndarray:
    (face,) = read(picture, load.classifier(run), load.detector(), whole_image=True, mirror=mirror).faces
    return log_mean(face.probabilities[None])


def _against(face: FaceReading, probabilities: np.ndarray) -> FaceReading:
    same = int(probabilities.argmax()) == int(face.probabilities.argmax())
    return replace(face, probabilities=probabilities, heat=face.heat if same else None)  # it is of the label


def _picture() -> np.ndarray | None:
    picture: np.ndarray | None = st.session_state.get(KEPT)
    return picture
