"""A video with boxes over its faces and, in step with it, each face's probabilities over time; a click asks to explain
a moment.

All in one component: playing, seeking and changing the face or the smoothing need no response from the server.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.components.source import joined
from dashboard.words import clock
from ferkit.predict.timeline import SMOOTHING, hold_until, peaks, tracks
from ferkit.predict.video import VideoReading, thumbnail

__all__ = ["Corrections", "Moment", "describe", "player"]

SEVERAL = 8  # faces to choose from at most, those longest on screen
SCRIPTS = ("elements", "reading", "boxes", "timeline", "player")
FOREVER = 1e6  # seconds: JSON has no infinity
_component = st.components.v2.component(
    "ferkit_player",
    html="<div class='player'></div>\n",
    css=joined("slider.css", "player/player.css"),
    js=joined("correcting.js", *(f"player/{name}.js" for name in SCRIPTS)),
)


@dataclass(frozen=True)
class Moment:
    """What was on the player when an explanation was asked for."""

    time: float  # seconds
    smoothing: float  # seconds
    corrected: bool  # against a neutral face, or for a mix


@dataclass(frozen=True, eq=False)
class Corrections:
    """What the visitor may correct readings with, (C,) each; None is not offered."""

    typical: np.ndarray | None = None  # `log_mean` of neutral faces in general
    trained: np.ndarray | None = None  # shares of the classes in training


def player(description: bytes, video: VideoReading, *, key: str) -> Moment | None:
    """Show a video with what `describe` made of it; returns the moment whose explanation was just requested, once, or
    None."""
    data = len(description).to_bytes(4, "little") + description + video.mp4
    sent = _component(data=data, key=key, on_moment_change=lambda: None).moment
    return None if sent is None else Moment(float(sent[0]), float(sent[1]), bool(sent[2]))


def describe(
    video: VideoReading,
    colours: Mapping[str, str],
    confident: float | None = None,
    corrections: Corrections = Corrections(),
) -> bytes:
    """Everything the browser needs with the video, as JSON; less probable than `confident` is unsure."""
    description = _described(video, colours)
    description |= {"confident": min(confident or 0.0, 2.0)}
    for name, values in (("typical", corrections.typical), ("trained", corrections.trained)):
        description |= {name: None if values is None else values.round(5).tolist()}
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
                "picture": _url(thumbnail(video, row)),
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
                "picture": _url(thumbnail(video, face.row)),
                "times": times[rows].round(3).tolist(),
                "until": until[rows].round(3).tolist(),
                "boxes": boxes[rows].round(4).tolist(),
                "probabilities": video.probabilities[rows].round(3).tolist(),
            }
        )
    return faces


def _url(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
