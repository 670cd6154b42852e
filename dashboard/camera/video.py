"""A video on the page: played with its faces followed, their probabilities over time, each moment explained, and the
readings to download."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from dashboard import load, words
from dashboard.camera import photo
from dashboard.components.player import describe, player
from ferkit.colours import of_classes
from ferkit.faces import Box
from ferkit.monitor.log import Sampler, record
from ferkit.predict.drawing import draw_faces
from ferkit.predict.photo import FaceReading
from ferkit.predict.timeline import SMOOTHING, hold_until, smoothed, table, tracks
from ferkit.predict.video import EFFORT, MAX_SECONDS, SIDE, VideoReading, read
from ferkit.runs import Run
from ferkit.videos import Writer, frame_at, frames

__all__ = ["annotated", "show", "summary"]

SUMMARISED = 3  # faces in the summary
TICK = 0.001  # seconds: the clock of the copy that is played


@st.fragment
def show(content: bytes, run: Run, *, key: str, whole_image: bool = False) -> None:
    """Read a video with `run` and show the results, or one clear message if it cannot be opened.

    `whole_image` takes the square in the middle of each frame for one face.
    """
    with load.show_errors():
        video, description = _read(content, run, key, whole_image)
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
        st.session_state[f"{key}-moment"] = min(max(clicked, 0.0), video.seconds)
    if len(video.rows):
        _downloads(video, key)
    moment = st.session_state.get(f"{key}-moment")
    if moment is not None:
        _explained(content, moment, run, key, whole_image)


def summary(video: VideoReading) -> str:
    """The average of each face, in a few sentences."""
    faces = tracks(video)
    sentences = []
    for face in faces[:SUMMARISED]:
        first, second = (int(i) for i in (-face.mean).argsort()[:2])
        who = f"face {face.face} is " if len(faces) > 1 else ""
        shares = (f"{words.plain(video.classes[i])} {words.percent(face.mean[i], 0)}" for i in (first, second))
        sentences.append(f"{who}on average {', '.join(shares)}")
    rest = f"; and {len(faces) - SUMMARISED} more" if len(faces) > SUMMARISED else ""
    count = f"{len(faces)} {'face' if len(faces) == 1 else 'faces'} in {video.seconds:.0f} seconds"
    return f"**{count}**: {'; '.join(sentences)}{rest}."


def _read(content: bytes, run: Run, key: str, whole_image: bool) -> tuple[VideoReading, bytes]:
    """The reading, kept for this visitor until another video or run is chosen, and what the player needs."""
    wanted = (hashlib.sha256(content).hexdigest(), run.key, whole_image)
    kept: Any = st.session_state.get(f"{key}-reading")
    if kept is None or kept[0] != wanted:
        st.session_state.pop(f"{key}-moment", None)
        bar = st.progress(0.0, "Reading the video …")

        def progress(done: float, seconds: float) -> None:
            end = min(seconds or MAX_SECONDS, MAX_SECONDS)
            bar.progress(min(1.0, done / end), f"Reading second {done:.0f} of {end:.0f} …")

        try:
            video = read(
                content, load.classifier(run), load.detector(),
                whole_image=whole_image, progress=progress, on_faces=_logged(run.name),
            )  # fmt: skip
        finally:
            bar.empty()
        kept = wanted, video, describe(video, of_classes(video.classes))
        st.session_state[f"{key}-reading"] = kept
    return kept[1], kept[2]


def _logged(run: str) -> Callable[[float, Sequence[FaceReading], float], None]:
    """Logs the faces of a frame a second."""
    sampler = Sampler()

    def log(moment: float, faces: Sequence[FaceReading], seconds: float) -> None:
        if sampler.due(moment):
            record("video", run, faces, seconds)

    return log


def _explained(content: bytes, moment: float, run: Run, key: str, whole_image: bool) -> None:
    st.subheader(f"Second {moment:.1f}, explained", anchor=False)
    st.caption(
        "This one frame by itself, not smoothed: its probabilities differ from the player's, which are averaged over "
        "the frames around it."
    )
    with load.show_errors():
        digest = hashlib.sha256(content).hexdigest()
        frame: np.ndarray = load.cached(("frame", digest, moment), lambda: frame_at(content, moment, SIDE))
    photo.show(frame, run, key=f"{key}-frame", whole_image=whole_image, effort=EFFORT)


def _downloads(video: VideoReading, key: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Readings as a table", lambda: table(video).to_csv(index=False, float_format="%.4f").encode(),
            "readings.csv", "text/csv", icon=":material/table:", key=f"{key}-table", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Video with the readings", lambda: annotated(video), "readings.mp4", "video/mp4",
            icon=":material/movie:", key=f"{key}-video", on_click="ignore",
        )  # fmt: skip
        st.caption(f"Both smoothed over {SMOOTHING} seconds; drawing the video takes a moment.")


def annotated(video: VideoReading) -> bytes:
    """An MP4 with every reading drawn in, smoothed."""
    colours, probabilities = of_classes(video.classes), smoothed(video)
    begin, until = video.rows["time"].to_numpy(), hold_until(video)
    boxes = [Box(x, y, w, h, 0.0) for x, y, w, h in video.rows[["x", "y", "w", "h"]].to_numpy(int).tolist()]
    faces = [
        FaceReading(box, video.classes, row, track=number)
        for box, row, number in zip(boxes, probabilities, video.rows["face"].tolist(), strict=True)
    ]
    writer = Writer(video.width, video.height, 30)
    for time, rgb in frames(video.mp4, max(video.width, video.height)):
        rows = np.flatnonzero((begin <= time + TICK) & (time + TICK < until))
        draw_faces(rgb, [faces[row] for row in rows], colours)
        writer.write(time, rgb)
    return writer.close()
