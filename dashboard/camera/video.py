"""A video on the page: played with its faces followed, told over time, each moment explained, and taken home as a table
or a video."""

import hashlib
from typing import Any

import cv2
import streamlit as st

from dashboard import load, words
from dashboard.camera import photo
from dashboard.components.player import describe, player
from ferkit.colours import of_classes
from ferkit.faces import Box
from ferkit.predict.drawing import FaceReading, draw_faces
from ferkit.predict.timeline import SMOOTHING, ends, people, table
from ferkit.predict.video import MAX_SECONDS, Reader, VideoReading, read
from ferkit.runs import Run
from ferkit.videos import Writer, frame_at, frames

__all__ = ["say", "show"]

TOLD = 3  # faces told of in words
TICK = 0.001  # seconds: the clock of the copy that is played


@st.fragment
def show(content: bytes, run: Run, *, key: str, whole: bool = False) -> None:
    """Read the video in `content` with `run` and show all of it; what is no video becomes one sentence.

    `whole` takes each frame for one face that was cut out before.
    """
    with load.show_errors():
        film, described = _film(content, run, key, whole)
    if len(film.rows):
        st.markdown(say(film))
    else:
        st.warning(
            "No face was found in this video. The detector knows upright faces seen from the front, at least a tenth of the frame high.",
            icon=":material/face_retouching_off:",
        )
    if not film.whole:
        st.caption(f"Read are the first {MAX_SECONDS:.0f} seconds. Cut the video to see another part.")
    asked = player(described, film, key=f"{key}-player")
    if asked is not None:
        st.session_state[f"{key}-moment"] = min(max(asked, 0.0), film.seconds)
    if len(film.rows):
        _keep(film, key)
    moment = st.session_state.get(f"{key}-moment")
    if moment is not None:
        _explained(content, moment, run, key, whole)


def say(film: VideoReading) -> str:
    """Who shows what, in a few sentences."""
    found = people(film)
    told = []
    for person in found[:TOLD]:
        first, second = (int(i) for i in (-person.shares).argsort()[:2])
        who = f"face {person.face} is " if len(found) > 1 else ""
        shares = (f"{film.classes[i]} {words.percent(person.shares[i], 0)}" for i in (first, second))
        told.append(f"{who}on average {', '.join(shares)}")
    rest = f"; and {len(found) - TOLD} more" if len(found) > TOLD else ""
    return f"**{len(found)} {'face' if len(found) == 1 else 'faces'} in {film.seconds:.0f} seconds**: {'; '.join(told)}{rest}."


def _film(content: bytes, run: Run, key: str, whole: bool) -> tuple[VideoReading, bytes]:
    """What was read of it, kept for this visitor until another video or run is chosen, and what the player needs."""
    wanted = (hashlib.sha256(content).hexdigest(), run.key, whole)
    kept: Any = st.session_state.get(f"{key}-film")
    if kept is None or kept[0] != wanted:
        st.session_state.pop(f"{key}-moment", None)
        network = load.classifier(run)
        reader = Reader(network.probabilities, tuple(network.classes), network.input.size, network.input.channels)
        bar = st.progress(0.0, "Reading the video …")

        def tell(done: float, seconds: float) -> None:
            end = min(seconds or MAX_SECONDS, MAX_SECONDS)
            bar.progress(min(1.0, done / end), f"Reading second {done:.0f} of {end:.0f} …")

        try:
            film = read(content, reader, load.detector(), whole=whole, progress=tell)
        finally:
            bar.empty()
        kept = wanted, film, describe(film, of_classes(film.classes))
        st.session_state[f"{key}-film"] = kept
    return kept[1], kept[2]


def _explained(content: bytes, moment: float, run: Run, key: str, whole: bool) -> None:
    st.subheader(f"Second {moment:.1f}, explained", anchor=False)
    with load.show_errors():
        frame = load.cached((key, hashlib.sha256(content).hexdigest(), moment), lambda: _picture(content, moment))
    photo.show(frame, run, key=f"{key}-frame", whole=whole)


def _picture(content: bytes, moment: float) -> bytes:
    rgb = frame_at(content, moment, load.LARGEST)
    return cv2.imencode(".png", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


def _keep(film: VideoReading, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Readings as a table", lambda: table(film).to_csv(index=False, float_format="%.4f").encode(), "readings.csv", "text/csv",
            icon=":material/table:", key=f"{key}-table", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Video with the readings", lambda: _annotated(film), "readings.mp4", "video/mp4",
            icon=":material/movie:", key=f"{key}-video", on_click="ignore",
        )  # fmt: skip
        st.caption(f"Both smoothed over {SMOOTHING} seconds; drawing the video takes a moment.")


def _annotated(film: VideoReading) -> bytes:
    """An MP4 with every reading drawn in."""
    colours, told, until = of_classes(film.classes), table(film), ends(film)
    writer = Writer(film.width, film.height, 30)
    for time, rgb in frames(film.shown, max(film.width, film.height)):
        holding = told[(told["time"] <= time + TICK) & (time + TICK < until)]
        faces = [
            FaceReading(
                Box(row["x"], row["y"], row["w"], row["h"], 0.0),
                row["emotion"],
                {name: row[name] for name in film.classes},
                row["face"],
            )
            for row in holding.to_dict("records")
        ]
        draw_faces(rgb, faces, colours)
        writer.write(time, rgb)
    return writer.close()
