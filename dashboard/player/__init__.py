"""A video with boxes over its faces and, in step with it, what each face shows over time; a moment can be asked about.

All in one component: playing, seeking, another face and another smoothing need no answer from the server.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import streamlit as st

from dashboard.words import clock
from ferkit.faces.timeline import SMOOTHING, Film, peaks, people

__all__ = ["pack", "player"]

HERE = Path(__file__).parent
SEVERAL = 8  # faces to choose from at most, those longest on screen
_component = st.components.v2.component(
    "ferkit_player",
    html="<div class='player'></div>\n",
    css=(HERE / "player.css").read_text("utf-8"),
    js=(HERE / "player.js").read_text("utf-8"),
)


def player(packed: bytes, *, key: str) -> float | None:
    """Show what `pack` made of a film; returns the second whose explanation was just asked for, once, or None."""
    asked = _component(data=packed, key=key, on_moment_change=lambda: None).moment
    return None if asked is None else float(asked)


def pack(film: Film, colours: Mapping[str, str]) -> bytes:
    """What the browser needs: four bytes with the length of a JSON text, that text, the MP4."""
    told = json.dumps(_told(film, colours), separators=(",", ":")).encode()
    return len(told).to_bytes(4, "little") + told + film.shown


def _told(film: Film, colours: Mapping[str, str]) -> dict[str, object]:
    number, times = film.rows["face"].to_numpy(), film.rows["time"].to_numpy()
    places = film.rows[["x", "y", "w", "h"]].to_numpy(float) / [film.width, film.height, film.width, film.height]
    faces = []
    for person in people(film)[:SEVERAL]:
        own = np.flatnonzero(number == person.face)
        faces.append(
            {
                "face": person.face,
                "note": f"{film.classes[int(person.shares.argmax())]}, {clock(person.begin)}–{clock(person.end)}",
                "picture": _picture(film.crops[person.row]),
                "times": times[own].round(2).tolist(),
                "boxes": places[own].round(4).tolist(),
                "probabilities": film.probabilities[own].round(3).tolist(),
            }
        )
    best = [
        {"emotion": name, "face": int(number[row]), "time": round(float(times[row]), 2), "picture": _picture(film.crops[row])}
        for name, row in peaks(film)
    ]
    return {
        "digest": hashlib.sha256(film.shown).hexdigest(),
        "width": film.width,
        "height": film.height,
        "seconds": film.seconds,
        "classes": list(film.classes),
        "colours": [colours[name] for name in film.classes],
        "smoothing": SMOOTHING,
        "faces": faces,
        "peaks": best,
    }


def _picture(rgb: np.ndarray) -> str:
    content = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()
    return "data:image/jpeg;base64," + base64.b64encode(content).decode()
