"""The scale of signed weights, as a strip of colour with its ends."""

import base64

import cv2
import numpy as np

from dashboard.network.tiles import diverging

__all__ = ["signed_scale"]


def signed_scale(top: float) -> str:
    """HTML: the colours of `diverging` from -top over 0 to top, which are written under them."""
    strip = diverging(np.linspace(-1, 1, 128, dtype=np.float32)[None, None])[0]
    content = cv2.imencode(".png", strip[..., ::-1])[1].tobytes()
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    ends = "".join(f"<span>{text}</span>" for text in (f"−{top:.2g}", "0", f"+{top:.2g}"))
    return (
        f"<div class='signed-scale' role='img' aria-label='Colours from {-top:.2g} to {top:.2g}'>"
        f"<img src='{address}' alt=''><div>{ends}</div></div>"
    )
