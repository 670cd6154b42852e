"""Rows of small pictures with words, as SVG text: without matplotlib, which needs seconds for them."""

import base64
from collections.abc import Sequence
from xml.sax.saxutils import escape

import cv2
import numpy as np

__all__ = ["pictured"]

SIDE, GAP, LINE = 76, 10, 13  # pixels
WORDS = 'font-family="Inter, sans-serif" font-size="11" fill="#1b1d2a"'


def pictured(
    pictures: Sequence[Sequence[np.ndarray]],
    below: Sequence[Sequence[str]],
    *,
    above: Sequence[str] = (),
    beside: Sequence[str] = (),
) -> str:
    """uint8 RGB pictures of one size in rows, with words below each (lines apart by a newline), above each column and
    beside each row."""
    left, top = (44 if beside else 0), (LINE + 6 if above else 0)
    high = SIDE + LINE * max(text.count("\n") + 1 for row in below for text in row) + GAP
    width = left + (SIDE + GAP) * max(map(len, pictures)) - GAP
    parts = [_words(left + i * (SIDE + GAP) + SIDE / 2, LINE, text) for i, text in enumerate(above)]
    for i, (row, texts) in enumerate(zip(pictures, below, strict=True)):
        y = top + i * high
        if beside:
            parts.append(_words(left / 2 - 4, y + SIDE / 2, beside[i]))
        for j, (picture, text) in enumerate(zip(row, texts, strict=False)):
            x = left + j * (SIDE + GAP)
            parts.append(f'<image x="{x}" y="{y}" width="{SIDE}" height="{SIDE}" href="{_png(picture)}"/>')
            parts.append(_words(x + SIDE / 2, y + SIDE + LINE - 1, text))
    height = top + len(pictures) * high
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{"".join(parts)}</svg>'


def _words(x: float, y: float, text: str) -> str:
    lines = "".join(
        f'<tspan x="{x:g}" dy="{LINE if i else 0}">{escape(part)}</tspan>' for i, part in enumerate(text.split("\n"))
    )
    return f'<text x="{x:g}" y="{y:g}" text-anchor="middle" {WORDS}>{lines}</text>'


def _png(picture: np.ndarray) -> str:
    done, content = cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    assert done
    return f"data:image/png;base64,{base64.b64encode(content.tobytes()).decode('ascii')}"
