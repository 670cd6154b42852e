"""The Webcam page with a stand-in for the video channel, and the stream behind it with real frames."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from skimage import data

from dashboard.camera.stream import Stream
from dashboard.camera.webcam import summary
from ferkit.faces import Box, detector
from ferkit.predict.live import FrameReading
from ferkit.predict.photo import FaceReading
from tests.frames import frame
from tests.pages.components import choose


def text(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


@pytest.mark.parametrize("world", ["gray_world", "imageless_world", "colour_world"])
def test_a_frame_goes_through(
    app: Callable, request: pytest.FixtureRequest, channel: dict[str, Any], world: str
) -> None:
    at = app(request.getfixturevalue(world), "webcam")
    assert "Press **Start**" in text(at) and channel["rtc_configuration"] == {"iceServers": []}
    before = frame(np.ascontiguousarray(data.astronaut()[:480]))
    after = channel["video_frame_callback"](before)
    assert after.pts == 7 and (after.to_ndarray(format="rgb24") != before.to_ndarray(format="rgb24")).any()
    channel["playing"] = True
    at.run()
    assert "frames per second**" in text(at) and "no face found" not in text(at)


def test_smoothing_changes_while_it_runs(app: Callable, gray_world, channel: dict[str, Any]) -> None:
    at = app(gray_world, "webcam")
    stream = at.session_state["stream"][1]
    at.slider(key="webcam-smoothing").set_value(0.2).run()
    assert at.session_state["stream"][1] is stream and stream.live.smoothing == 0.2


def test_another_run_starts_another_stream(app: Callable, gray_world, channel: dict[str, Any]) -> None:
    at = app(gray_world, "webcam")
    before, other = at.session_state["stream"], at.session_state["selection"].base
    choose(at, run=other)
    text(at)
    assert at.session_state["stream"][0] != before[0]


def test_snapshots_are_the_way_out(app: Callable, gray_world, channel: dict[str, Any]) -> None:
    at = app(gray_world, "webcam")
    assert "choose **Snapshots** above" in text(at)
    at.segmented_control(key="view-mode").set_value("snapshots").run()
    assert at.query_params["mode"] in ("snapshots", ["snapshots"])
    assert "plain upload" in text(at) and len(at.get("camera_input")) == 1


def test_without_runs_the_page_shows_the_next_step(app: Callable, empty_world, channel: dict[str, Any]) -> None:
    assert "ferkit train" in text(app(empty_world, "webcam")) and "key" not in channel


def test_the_stream_keeps_its_last_reading(gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    from ferkit.predict.classifier import Classifier
    from ferkit.runs import open_run

    gray_world.enter(monkeypatch)
    classifier = Classifier.open(open_run("alpha"))
    stream = Stream(classifier, dict.fromkeys(classifier.classes, "#808080"), detector(), 0.5)
    assert stream.reading is None
    for _ in range(2):
        stream.process(frame(np.ascontiguousarray(data.astronaut()[:480])))
    assert stream.reading is not None and len(stream.reading.faces) == 1 and stream.reading.fps > 0


def test_the_line_under_the_image() -> None:
    face = FaceReading(Box(0, 0, 9, 9, 1.0), ("calm", "cross"), np.array([0.75, 0.25]))
    assert summary(None).startswith("Waiting")
    assert summary(FrameReading(24.4, (face,))) == "**24 frames per second** · calm 75%"
    assert summary(FrameReading(1.25, ())) == "**1.2 frames per second** · no face found"


def test_an_address_opens_the_snapshots(app: Callable, gray_world, channel: dict[str, Any]) -> None:
    at = app(gray_world, "webcam", mode="snapshots")
    assert not at.exception and at.get("camera_input") and "key" not in channel
