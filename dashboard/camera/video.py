"""A video on the page: played with its faces followed, their probabilities over time, each moment explained, and the
readings to download."""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dashboard import controls, load, parameters, words
from dashboard.camera import corrections, mirror, photo
from dashboard.components.player import Moment, describe, player
from dashboard.results import unsure
from dashboard.state import value
from ferkit.colours import of_classes
from ferkit.monitor.log import Sampler, record
from ferkit.predict.film import GIF_SECONDS, annotated, gif
from ferkit.predict.photo import FaceReading
from ferkit.predict.timeline import SMOOTHING, hold_until, smoothed, table, tracks
from ferkit.predict.video import EFFORT, SIDE, VideoReading, read
from ferkit.runs import Run
from ferkit.videos import frame_at

__all__ = ["annotated", "choose", "show", "summary"]

SUMMARISED = 3  # faces in the summary
RATES = {"1": "1", "2": "2", "5": "5", "10": "10", "every": "every frame"}  # frames read per second


def choose() -> tuple[float, bool]:
    """Draw the choices: how many frames a second are read, 0 for every frame, and whether the mirror image counts."""
    rates = controls.segments(parameters.FRAME_RATE, "Frames read per second", RATES)
    controls.show(rates, mirror.switch(), key="reading")
    chosen = value(parameters.FRAME_RATE)
    return 0.0 if chosen == "every" else float(chosen), mirror.chosen()


def show(
    content: bytes, run: Run, *, key: str, whole_image: bool = False, rate: float = 10.0, mirror: bool = False
) -> None:
    """Read a video with `run`, `rate` frames a second, and show the results, or one clear message if it cannot be
    opened; a visitor may stop it.

    `whole_image` takes the square in the middle of each frame for one face. `mirror` averages with the mirror image.
    """
    wanted = (hashlib.sha256(content).hexdigest(), run.key, whole_image, rate, mirror)
    if st.session_state.get(f"{key}-stopped") == wanted:
        st.info("Reading was stopped. Fewer frames per second take less time.", icon=":material/stop_circle:")
        st.button("Read the video", icon=":material/play_arrow:", key=f"{key}-again", on_click=_forget, args=(key,))
        return
    with load.show_errors():
        video, description = _read(content, run, key, wanted)
    _shown(content, video, description, run, key, whole_image)


def _forget(key: str) -> None:
    st.session_state.pop(f"{key}-stopped", None)


@st.fragment
def _shown(content: bytes, video: VideoReading, description: bytes, run: Run, key: str, whole_image: bool) -> None:
    if len(video.rows):
        st.markdown(summary(video))
    else:
        st.warning(
            "No face was found in this video. The detector finds upright faces seen from the front, "
            "at least a tenth of the shorter side high.",
            icon=":material/face_retouching_off:",
        )
    if video.stopped:
        st.caption(words.plain(video.stopped))
    clicked = player(description, video, key=f"{key}-player")
    if clicked is not None:
        st.session_state[f"{key}-moment"] = clicked
    if len(video.rows):
        _downloads(video, key)
    moment = st.session_state.get(f"{key}-moment")
    if moment is not None:
        _explained(content, video, moment, run, key, whole_image)


def summary(video: VideoReading) -> str:
    """The mean probabilities of each face, in a few sentences."""
    faces = tracks(video)
    sentences = []
    for face in faces[:SUMMARISED]:
        first, second = (int(i) for i in (-face.mean).argsort()[:2])
        who = f"face {face.face} has " if len(faces) > 1 else ""
        shares = (f"{words.percent(face.mean[i], 0)} {words.plain(video.classes[i])}" for i in (first, second))
        sentences.append(f"{who}mean probabilities of {' and '.join(shares)}")
    rest = f"; and {len(faces) - SUMMARISED} more" if len(faces) > SUMMARISED else ""
    count = f"{len(faces)} {'face' if len(faces) == 1 else 'faces'} in {video.seconds:.0f} seconds"
    return f"**{count}**: {'; '.join(sentences)}{rest}."


def _read(content: bytes, run: Run, key: str, wanted: tuple[Any, ...]) -> tuple[VideoReading, bytes]:
    """The reading, kept for this visitor until another video, run or rate is chosen, and what the player needs."""
    kept: Any = st.session_state.get(f"{key}-reading")
    if kept is None or kept[0] != wanted:
        st.session_state.pop(f"{key}-moment", None)
        place = st.empty()
        with place.container(horizontal=True, vertical_alignment="center"):
            bar = st.progress(0.0, "Reading the video …")
            st.button("Stop", icon=":material/stop:", key=f"{key}-stop", on_click=_stop, args=(key, wanted))

        def progress(done: float, seconds: float) -> None:
            share = min(1.0, done / seconds) if seconds else 0.0
            bar.progress(share, f"Reading second {done:.0f}{f' of {seconds:.0f}' if seconds else ''} …")

        try:
            video = read(
                content, load.classifier(run), load.detector(), rate=wanted[3], whole_image=wanted[2], mirror=wanted[4],
                progress=progress, on_faces=_logged(run.name),
            )  # fmt: skip
        finally:
            place.empty()
        kept = wanted, video, describe(video, of_classes(video.classes), unsure.threshold(run), corrections.of(run))
        st.session_state[f"{key}-reading"] = kept
    return kept[1], kept[2]


def _stop(key: str, wanted: tuple[Any, ...]) -> None:
    st.session_state[f"{key}-stopped"] = wanted


def _logged(run: str) -> Callable[[float, Sequence[FaceReading], float], None]:
    """Logs the faces of a frame a second."""
    sampler = Sampler()

    def log(moment: float, faces: Sequence[FaceReading], seconds: float) -> None:
        if sampler.due(moment):
            record("video", run, faces, seconds)

    return log


def _explained(content: bytes, video: VideoReading, moment: Moment, run: Run, key: str, whole_image: bool) -> None:
    time = min(max(moment.time, 0.0), video.seconds)
    st.subheader(f"Second {time:.1f}, explained", anchor=False)
    st.caption(_differs(video, Moment(time, moment.smoothing, moment.corrected)))
    with load.show_errors():
        digest = hashlib.sha256(content).hexdigest()
        frame: np.ndarray = load.cached(("frame", digest, time), lambda: frame_at(content, time, SIDE))
    photo.show(frame, run, key=f"{key}-frame", whole_image=whole_image, effort=EFFORT, against=False)


def _differs(video: VideoReading, moment: Moment) -> str:
    """Why the player says something else than the frame by itself, and what it says."""
    begin, until = video.rows["time"].to_numpy(), hold_until(video)
    there = np.flatnonzero((begin <= moment.time) & (moment.time < until))
    corrected = " and before your corrections" if moment.corrected else ""
    alone = f"This one frame by itself, not smoothed{corrected}."
    if not len(there) or moment.smoothing <= 0:
        return alone
    probabilities = smoothed(video, min(moment.smoothing, 10.0))[there]
    said = [
        f"{words.plain(video.classes[int(row.argmax())])} {words.percent(float(row.max()), 0)}"
        for row in probabilities[:SUMMARISED]
    ]
    return f"{alone} Averaged over {moment.smoothing:.1f} seconds around it: {', '.join(said)}."


def _downloads(video: VideoReading, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, make, name, kind, icon in (
            ("Readings as CSV", lambda: table(video).to_csv(index=False, float_format="%.4f").encode(),
             "readings.csv", "text/csv", "table"),
            ("Readings as JSON", lambda: _json(video), "readings.json", "application/json", "data_object"),
            ("Video with the readings", lambda: annotated(video), "readings.mp4", "video/mp4", "movie"),
            ("GIF", lambda: gif(video), "readings.gif", "image/gif", "gif_box"),
        ):  # fmt: skip
            st.download_button(
                label, make, name, kind, icon=f":material/{icon}:", key=f"{key}-{name}", on_click="ignore"
            )
    st.caption(
        f"Smoothed over {SMOOTHING} seconds, without corrections. Drawing takes a moment; the GIF has the first "
        f"{GIF_SECONDS:.0f} seconds, the video no sound."
    )


def _json(video: VideoReading) -> bytes:
    """Every reading with its face's number, smoothed."""
    rows = table(video).to_dict("records")
    return json.dumps({"seconds": video.seconds, "classes": video.classes, "readings": rows}, default=float).encode()
