"""The webcam on the page: read in the visitor's browser, or by the server over WebRTC."""

import os
from typing import Any

import streamlit as st

from dashboard import load, parameters, words
from dashboard.camera import beside, mirror, recording
from dashboard.camera.in_browser import settings
from dashboard.camera.stream import Stream
from dashboard.components.webcam import Settings, webcam
from dashboard.state import put, value
from ferkit.colours import of_classes
from ferkit.deploy.runtime import find_runtime
from ferkit.errors import ConfigError
from ferkit.predict.live import FrameReading
from ferkit.runs import Run

__all__ = ["OVAL", "in_browser", "on_server", "summary", "turn_servers"]

OVAL = "The browser cannot run OpenCV's Haar cascade: put your face into the oval, or get YuNet, which finds faces."
SMOOTHING = 0.6  # the initial smoothing: the weight of a face's earlier frames
VIDEO_STYLE = {"width": "100%", "maxWidth": "800px", "borderRadius": "10px"}
EVERY = 0.5  # seconds between two updates of the line under the image
WORDS: Any = {"start": "Start camera", "stop": "Stop", "select_device": "Choose camera"}


def in_browser(run: Run) -> None:
    """The camera's image, read where it is taken; one sentence where the runtime for that is not installed."""
    try:
        package = find_runtime()
    except ConfigError as error:
        st.warning(
            f"{words.plain(str(error))}. Until then choose **On the server** or **Snapshots** above.",
            icon=":material/extension_off:",
        )
        return
    shown = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        runs = [run, *beside.choose(run, most=1)]
        mirrored = mirror.choose()
    with load.show_errors():
        wanted = settings(runs, package, mirrored)
    with shown:
        _live(wanted)


def _live(wanted: Settings) -> None:
    webcam(
        wanted, key="webcam-browser", chosen=value(parameters.MAP_OF),
        on_choose=lambda name: put(parameters.MAP_OF, name), on_record=recording.keep,
    )  # fmt: skip
    if wanted.detector is not None:
        side = wanted.effort["side"]
        st.caption(
            f"Every frame is searched at {side:.0f} pixels; faces are cut from the full one and read in one pass."
        )


def on_server(run: Run) -> None:
    """The camera's image, annotated by the server; needs a network that lets the video through."""
    with st.spinner("Opening the video channel (a few seconds the first time) …"):
        from streamlit_webrtc import WebRtcMode, webrtc_streamer
    stream = _stream(run)
    stream.live.smoothing = st.slider(
        "Smoothing", 0.0, 0.95, SMOOTHING, 0.05, key="webcam-smoothing", width=420,
        help="Weight of a face's earlier frames: higher is steadier, lower reacts faster. Works while the video runs.",
    )  # fmt: skip
    context = webrtc_streamer(
        key="webcam", mode=WebRtcMode.SENDRECV, rtc_configuration={"iceServers": turn_servers()}, async_processing=True,
        media_stream_constraints={"video": {"width": {"ideal": 640}, "height": {"ideal": 480}}, "audio": False},
        video_frame_callback=stream.process, translations=WORDS,
        video_html_attrs={"autoPlay": True, "controls": False, "muted": True, "style": VIDEO_STYLE},
    )  # fmt: skip
    if context.state.playing:  # a timer that runs earlier would hang the connection's first messages
        _line(stream)
    else:
        st.caption(
            "Every frame is sent to the app and comes back annotated. Press **Start camera** and allow it. If no image "
            "comes within ten seconds, the network between this browser and the app blocks live video: choose another "
            "mode above, or give the app a TURN server (`FERKIT_TURN`)."
        )


def turn_servers() -> list[dict[str, Any]]:
    """The server of `FERKIT_TURN` (addresses separated by commas) that relays video where there is no direct path.

    `FERKIT_TURN_USER` and `FERKIT_TURN_PASSWORD` go with it, to every visitor's browser.
    """
    addresses = [address.strip() for address in os.environ.get("FERKIT_TURN", "").split(",") if address.strip()]
    if not addresses:
        return []
    known = {"username": os.environ.get("FERKIT_TURN_USER"), "credential": os.environ.get("FERKIT_TURN_PASSWORD")}
    return [{"urls": addresses, **{name: value for name, value in known.items() if value}}]


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
