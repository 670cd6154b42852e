"""The live image and its predictions, on the page."""

from typing import Any

import streamlit as st

from dashboard import load, words
from dashboard.camera.stream import Stream
from ferkit.colours import of_classes
from ferkit.predict.live import FrameReading
from ferkit.runs import Run

__all__ = ["live", "summary"]

SMOOTHING = 0.6  # the initial smoothing: the weight of a face's earlier frames
VIDEO_STYLE = {"width": "100%", "maxWidth": "800px", "borderRadius": "10px"}
EVERY = 0.5  # seconds between two updates of the line under the image


def live(run: Run) -> None:
    """The camera's image, annotated; needs streamlit-webrtc and a network that lets its video through."""
    with st.spinner("Opening the video channel (a few seconds the first time) …"):
        from streamlit_webrtc import WebRtcMode, webrtc_streamer
    stream = _stream(run)
    stream.live.smoothing = st.slider(
        "Smoothing", 0.0, 0.95, SMOOTHING, 0.05, key="webcam-smoothing", width=420,
        help="Weight of a face's earlier frames: higher is steadier, lower reacts faster. Works while the video runs.",
    )  # fmt: skip
    context = webrtc_streamer(
        key="webcam", mode=WebRtcMode.SENDRECV, rtc_configuration={"iceServers": []}, async_processing=True,
        media_stream_constraints={"video": {"width": {"ideal": 640}, "height": {"ideal": 480}}, "audio": False},
        video_frame_callback=stream.process,
        video_html_attrs={"autoPlay": True, "controls": False, "muted": True, "style": VIDEO_STYLE},
    )  # fmt: skip
    if context.state.playing:  # a timer that runs earlier would hang the connection's first messages
        _line(stream)
    else:
        st.caption(
            "Press **Start** and allow the camera. If no image comes within ten seconds, the network between this "
            "browser and the app blocks live video: choose **Snapshots** above, which need nothing but this page."
        )


def summary(reading: FrameReading | None) -> str:
    """The last frame in one line."""
    if reading is None:
        return "Waiting for the first frame …"
    faces = ", ".join(f"{words.plain(face.label)} {words.percent(face.confidence, 0)}" for face in reading.faces)
    rate = f"{reading.fps:.0f}" if reading.fps >= 5 else f"{reading.fps:.1f}"
    return f"**{rate} frames per second** · {faces or 'no face found'}"


@st.fragment(run_every=EVERY)
def _line(stream: Stream) -> None:
    st.markdown(summary(stream.reading))


def _stream(run: Run) -> Stream:
    """This visitor's stream; another run starts another one."""
    kept: Any = st.session_state.get("stream")
    if kept is None or kept[0] != run.key:
        with load.show_errors():
            kept = run.key, Stream(load.classifier(run), of_classes(run.classes), load.detector(), SMOOTHING, run.name)
        st.session_state["stream"] = kept
    stream: Stream = kept[1]
    return stream
