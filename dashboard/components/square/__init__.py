"""A picture with squares over it, to draw, move, resize and remove by mouse, finger or keyboard.

    squares(url, 640, 480, [(20, 30, 120)], key="faces", on_change=lambda found: ...)

By mouse a square is drawn from corner to corner; a finger taps, so that it can still scroll the page. Each square is
then dragged, and resized at its corners. By keyboard: Enter adds a square; on a square the arrow keys move it, + and -
resize it, Delete removes it.
"""

import math
from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined
from ferkit.text import printable

__all__ = ["Square", "read_squares", "squares"]

Square = tuple[int, int, int]  # x, y of the upper left corner and side, in pixels
SMALLEST = 12  # pixels of a side
HTML = """<div class="picture" tabindex="0" role="group">
<img alt=""><div class="found"></div><div class="own"></div>
</div>
<p class="status" role="status"></p>
"""
_component = st.components.v2.component(
    "ferkit_square",
    html=HTML,
    css=joined("square/square.css"),
    js=joined("square/shapes.js", "square/square.js"),
)


def squares(
    url: str,
    width: int,
    height: int,
    drawn: Sequence[Square],
    *,
    key: str,
    alt: str,
    found: Sequence[tuple[int, int, int, int]] = (),
    shown: int = 640,
    most: int = 12,
    on_change: Callable[[tuple[Square, ...]], None] | None = None,
) -> None:
    """Show the picture at `url`, at most `shown` pixels wide, which stands for `width` x `height` pixels.

    drawn: the squares on it, numbered after the boxes `found` (x, y, w, h), which stay as they are. All are in these
    pixels. `on_change(squares)` is called before the page runs again, once a square is let go or removed; squares
    beyond `most` and anything that is no square within the picture are left out.
    """
    place = f"{key}-version"

    def changed() -> None:
        sent = event(key, "squares")
        if on_change and isinstance(sent, dict) and isinstance(sent.get("version"), int):
            st.session_state[place] = sent["version"]
            on_change(read_squares(sent.get("squares"), width, height)[:most])

    data = {
        "url": url, "width": width, "height": height, "alt": printable(alt), "shown": shown, "smallest": SMALLEST,
        "most": most, "drawn": [list(square) for square in drawn], "found": [list(box) for box in found],
        "version": st.session_state.get(place, 0),
    }  # fmt: skip
    _component(data=data, key=key, on_squares_change=changed)


def read_squares(value: object, width: int, height: int) -> tuple[Square, ...]:
    """What the browser sent, cut to a picture of `width` x `height` pixels; what is no square in it is left out."""
    rows = value if isinstance(value, list | tuple) else ()
    found = [_read(row, width, height) for row in rows]
    return tuple(square for square in found if square is not None)


def _read(value: object, width: int, height: int) -> Square | None:
    if not isinstance(value, list | tuple) or len(value) != 3:
        return None
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in value):
        return None
    x, y, side = (round(v) for v in value)
    side = min(side, width, height)
    if side < min(SMALLEST, width, height) or not (0 <= x < width and 0 <= y < height):
        return None
    return min(x, width - side), min(y, height - side), side
