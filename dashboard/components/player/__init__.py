"""A video with boxes over its faces and, in step with it, what each face shows over time; a moment can be asked about.

All in one component: playing, seeking, another face and another smoothing need no answer from the server.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.words import clock
from ferkit.predict.timeline import SMOOTHING, ends, peaks, people
from ferkit.predict.video import VideoReading

__all__ = ["describe", "player"]

HERE = Path(__file__).parent
SEVERAL = 8  # faces to choose from at most, those longest on screen
FOR_EVER = 1e6  # seconds: JSON knows no infinity
_component = st.components.v2.component(
    "ferkit_player",
    html="<div class='player'></div>\n",
    css=(HERE / "player.css").read_text("utf-8"),
    js=(HERE / "player.js").read_text("utf-8"),
)


def player(told: bytes, film: VideoReading, *, key: str) -> float | None:
    """Show a film with what `describe` made of it; returns the second whose explanation was just asked for, once, or
    None."""
    asked = _component(
        data=len(told).to_bytes(4, "little") + told + film.shown, key=key, on_moment_change=lambda: None
    ).moment
    return None if asked is None else float(asked)


def describe(film: VideoReading, colours: Mapping[str, str]) -> bytes:
    """Everything the browser needs beside the MP4, as JSON."""
    told = _told(film, colours)
    text = json.dumps(told, separators=(",", ":")).encode()
    digest = hashlib.sha256(text + film.shown).hexdigest()
    return json.dumps({"digest": digest} | told, separators=(",", ":")).encode()


def _told(film: VideoReading, colours: Mapping[str, str]) -> dict[str, object]:
    number, times, until = film.rows["face"].to_numpy(), film.rows["time"].to_numpy(), np.minimum(ends(film), FOR_EVER)
    places = film.rows[["x", "y", "w", "h"]].to_numpy(float) / [film.width, film.height, film.width, film.height]
    faces = []
    for person in people(film):
        own = np.flatnonzero(number == person.face)
        faces.append(
            {
                "face": person.face,
                "note": f"{film.classes[int(person.shares.argmax())]}, {clock(person.begin)}–{clock(person.end)}",
                "picture": _picture(film.crops[person.row]),
                "times": times[own].round(3).tolist(),
                "until": until[own].round(3).tolist(),
                "boxes": places[own].round(4).tolist(),
                "probabilities": film.probabilities[own].round(3).tolist(),
            }
        )
    best = [
        {
            "emotion": name,
            "face": int(number[row]),
            "time": round(float(times[row]), 3),
            "picture": _picture(film.crops[row]),
        }
        for name, row in peaks(film)
    ]
    return {
        "width": film.width,
        "height": film.height,
        "seconds": film.seconds,
        "classes": list(film.classes),
        "colours": [colours[name] for name in film.classes],
        "smoothing": SMOOTHING,
        "several": SEVERAL,
        "faces": faces,
        "peaks": best,
    }


def _picture(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
