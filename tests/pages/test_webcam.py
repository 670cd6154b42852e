"""The Webcam page: what the browser is given, one sentence where it lacks something, and with a stand-in for the video
channel the stream behind it with real frames."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage import data

from dashboard.camera.stream import Stream
from dashboard.camera.webcam import summary, turn_servers
from ferkit.deploy.runtime import BINARY, PACKAGE, SCRIPT, VERSION
from ferkit.errors import ConfigError
from ferkit.faces import Box, detector
from ferkit.predict.live import FrameReading
from ferkit.predict.photo import FaceReading
from tests.frames import frame
from tests.pages.components import choose, press


def text(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


@pytest.mark.parametrize("world", ["gray_world", "imageless_world", "colour_world"])
def test_a_frame_goes_through(
    app: Callable, request: pytest.FixtureRequest, channel: dict[str, Any], world: str
) -> None:
    at = app(request.getfixturevalue(world), "webcam", mode="server")
    assert "Press **Start camera**" in text(at) and channel["rtc_configuration"] == {"iceServers": []}
    before = frame(np.ascontiguousarray(data.astronaut()[:480]))
    after = channel["video_frame_callback"](before)
    assert after.pts == 7 and (after.to_ndarray(format="rgb24") != before.to_ndarray(format="rgb24")).any()
    channel["playing"] = True
    at.run()
    assert "frames per second**" in text(at) and "no face found" not in text(at)


def test_smoothing_changes_while_it_runs(app: Callable, gray_world, channel: dict[str, Any]) -> None:
    at = app(gray_world, "webcam", mode="server")
    stream = at.session_state["stream"][1]
    at.slider(key="webcam-smoothing").set_value(0.2).run()
    assert at.session_state["stream"][1] is stream and stream.live.smoothing == 0.2


def test_another_run_starts_another_stream(app: Callable, gray_world, channel: dict[str, Any]) -> None:
    at = app(gray_world, "webcam", mode="server")
    before, other = at.session_state["stream"], at.session_state["selection"].base
    choose(at, run=other)
    text(at)
    assert at.session_state["stream"][0] != before[0]


def test_snapshots_are_the_way_out(app: Callable, gray_world, channel: dict[str, Any]) -> None:
    at = app(gray_world, "webcam", mode="server")
    assert "choose another mode above" in text(at)
    press(at, "mode", "snapshots")
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


def component(at) -> dict[str, Any]:
    """What the browser was given."""
    (found,) = [one for one in at.get("bidi_component") if one.proto.component_name == "ferkit_webcam"]
    return json.loads(found.proto.json)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the npm package."""
    folder = tmp_path / "node_modules" / PACKAGE
    (folder / "dist").mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"version": VERSION}))
    (folder / "dist" / SCRIPT).write_text("export {};")
    (folder / "dist" / BINARY).write_bytes(b"wasm")
    monkeypatch.setattr("dashboard.camera.webcam.find_runtime", lambda: folder)
    return folder


@pytest.mark.parametrize("world", ["gray_world", "imageless_world", "colour_world"])
def test_the_browser_gets_addresses_and_what_the_run_reads(
    app: Callable, request: pytest.FixtureRequest, package: Path, world: str
) -> None:
    at = app(request.getfixturevalue(world), "webcam")
    data = component(at)
    (reader,) = data["readers"]
    assert "put your face into the oval" in text(at) and data["detector"] is None and not data["mirror"]
    assert data["wasm"] == data["code"] + "runtime/ort.wasm" and reader["model"].startswith("/ferkit/")
    assert reader["input"]["channels"] == (3 if world == "colour_world" else 1)
    assert set(reader["colours"]) == set(reader["classes"]) and (reader["typical"] is None) == (world == "colour_world")


def test_another_run_has_another_network_and_the_same_code(app: Callable, gray_world, package: Path) -> None:
    at = app(gray_world, "webcam", map="sad")
    before = component(at)
    assert before["chosen"] == "sad"
    choose(at, run=at.session_state["selection"].base)
    after = component(at)
    assert after["readers"][0]["model"] != before["readers"][0]["model"] and after["code"] == before["code"]


def test_a_second_run_and_the_mirror_image_are_in_the_address(app: Callable, gray_world, package: Path) -> None:
    at = app(gray_world, "webcam", run="alpha", mirror="1", **{"with": "beta"})
    data = component(at)
    assert [reader["run"] for reader in data["readers"]] == ["alpha", "beta"] and data["mirror"]
    press(at, "mirror", False)
    at.multiselect(key="photo-beside").set_value([]).run()
    data = component(at)
    assert [reader["run"] for reader in data["readers"]] == ["alpha"] and not data["mirror"]


def test_where_the_runtime_is_missing_one_sentence_names_the_other_ways(
    app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> Path:
        raise ConfigError("A web page needs onnxruntime-web, which is not installed. Get it: npm ci")

    monkeypatch.setattr("dashboard.camera.webcam.find_runtime", missing)
    at = app(gray_world, "webcam")
    assert "not installed" in at.warning[0].value and "**On the server** or **Snapshots**" in at.warning[0].value
    assert not at.get("bidi_component") or all(
        one.proto.component_name != "ferkit_webcam" for one in at.get("bidi_component")
    )


def test_a_turn_server_is_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert turn_servers() == []
    monkeypatch.setenv("FERKIT_TURN", "turn:relay:3478, turns:relay:5349")
    assert turn_servers() == [{"urls": ["turn:relay:3478", "turns:relay:5349"]}]
    monkeypatch.setenv("FERKIT_TURN_USER", "me")
    monkeypatch.setenv("FERKIT_TURN_PASSWORD", "word")
    assert turn_servers()[0] | {"urls": []} == {"urls": [], "username": "me", "credential": "word"}
