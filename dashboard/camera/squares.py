"""Squares that a visitor drew over the faces of a photo that no detector found: in the session's memory alone."""

from collections.abc import Sequence

import cv2
import numpy as np
import streamlit as st

from dashboard import assets
from dashboard.components.square import Square, squares
from ferkit.faces import Box
from ferkit.images import reduce

__all__ = ["MOST", "draw", "drawing", "of_photo", "switch"]

MOST = 12  # squares on a photo
LONGEST = 1280  # pixels of the picture that is drawn over
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 88]


def of_photo(digest: str, key: str) -> tuple[Box, ...]:
    """The squares on the photo with that digest, in the order in which they were drawn."""
    return tuple(Box(x, y, side, side, 1.0) for x, y, side in _squares(digest, key))


def drawing(digest: str, key: str) -> bool:
    """Whether squares are being drawn over that photo now."""
    return bool(st.session_state.get(_drawing(key)) == digest)


def switch(digest: str, key: str) -> None:
    """A button that begins or ends drawing."""
    active = drawing(digest, key)

    def turn() -> None:
        st.session_state[_drawing(key)] = "" if active else digest

    if active:
        st.button("Done", icon=":material/check:", key=f"{key}-draw", on_click=turn, type="primary")
    else:
        text = "Change the squares" if _squares(digest, key) else "Draw a square"
        why = "Over a face that was not found."
        st.button(text, icon=":material/crop_square:", key=f"{key}-draw", on_click=turn, help=why)


def draw(image: np.ndarray, digest: str, key: str, shown: int, found: Sequence[Box] = ()) -> None:
    """The photo, uint8 RGB (H, W, 3), `shown` pixels wide, to draw squares over; the boxes `found` stay where they
    are."""

    def make() -> bytes:
        small = cv2.cvtColor(reduce(image, LONGEST), cv2.COLOR_RGB2BGR)
        return cv2.imencode(".jpg", small, QUALITY)[1].tobytes()

    def keep(changed: tuple[Square, ...]) -> None:
        st.session_state[_place(key)] = digest, changed
        st.session_state[_drawing(key)] = digest

    squares(
        assets.publish(("to draw over", digest), make, "image/jpeg"), image.shape[1], image.shape[0],
        _squares(digest, key), key=f"{key}-square", alt="Your photo", found=[(b.x, b.y, b.w, b.h) for b in found],
        shown=shown, most=MOST, on_change=keep,
    )  # fmt: skip


def _squares(digest: str, key: str) -> tuple[Square, ...]:
    kept, drawn = st.session_state.get(_place(key), ("", ()))
    return drawn if kept == digest else ()


def _place(key: str) -> str:
    return f"{key}-squares"


def _drawing(key: str) -> str:
    return f"{key}-drawing"
