"""A video with boxes over its faces and, in step with it, each face's probabilities over time; a click asks to explain
a moment.

All in one component: playing, seeking and changing the face or the smoothing need no response from the server.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.words import clock
from ferkit.predict.timeline import SMOOTHING, hold_until, peaks, tracks
from ferkit.predict.video import VideoReading

__all__ = ["describe", "player"]

HERE = Path(__file__).parent
SEVERAL = 8  # faces to choose from at most, those longest on screen
FOREVER = 1e6  # seconds: JSON has no infinity
_component = st.components.v2.component(
    "ferkit_player",
    html="<div class='player'></div>\n",
    css=(HERE / "player.css").read_text("utf-8"),
    js=(HERE / "player.js").read_text("utf-8"),
)


def player(description: bytes, video: VideoReading, *, key: str) -> float | None:
    """Show a video with what `describe` made of it; returns the second whose explanation was just requested, once, or
    None."""
    data = len(description).to_bytes(4, "little") + description + video.mp4
    moment = _component(data=data, key=key, on_moment_change=lambda: None).moment
    return None if moment is None else float(moment)


def describe(video: VideoReading, colours: Mapping[str, str]) -> bytes:
    """Everything the browser needs with the MP4, as JSON."""
    description = _described(video, colours)
    text = json.dumps(description, separators=(",", ":")).encode()
    digest = hashlib.sha256(text + video.mp4).hexdigest()
    return json.dumps({"digest": digest} | description, separators=(",", ":")).encode()


def _described(video: VideoReading, colours: Mapping[str, str]) -> dict[str, object]:
    number, times = video.rows["face"].to_numpy(), video.rows["time"].to_numpy()
    return {
        "width": video.width,
        "height": video.height,
        "seconds": video.seconds,
        "classes": list(video.classes),
        "colours": [colours[name] for name in video.classes],
        "smoothing": SMOOTHING,
        "several": SEVERAL,
        "faces": _faces(video),
        "peaks": [
            {
                "emotion": name,
                "face": int(number[row]),
                "time": round(float(times[row]), 3),
                "picture": _url(video.thumbnails[row]),
            }
            for name, row in peaks(video)
        ],
    }


def _faces(video: VideoReading) -> list[dict[str, object]]:
    """Each face's readings, the one longest on screen first."""
    number, times = video.rows["face"].to_numpy(), video.rows["time"].to_numpy()
    until = np.minimum(hold_until(video), FOREVER)
    boxes = video.rows[["x", "y", "w", "h"]].to_numpy(float) / [video.width, video.height, video.width, video.height]
    faces = []
    for face in tracks(video):
        rows = np.flatnonzero(number == face.face)
        faces.append(
            {
                "face": face.face,
                "note": f"{video.classes[int(face.mean.argmax())]}, {clock(face.begin)}–{clock(face.end)}",
                "picture": _url(video.thumbnails[face.row]),
                "times": times[rows].round(3).tolist(),
                "until": until[rows].round(3).tolist(),
                "boxes": boxes[rows].round(4).tolist(),
                "probabilities": video.probabilities[rows].round(3).tolist(),
            }
        )
    return faces


def _url(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
