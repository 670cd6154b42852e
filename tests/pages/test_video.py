"""The Video page: uploads, the example, moments, what is taken home."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.camera import recording
from dashboard.camera import video as page
from dashboard.components.player import Moment, describe
from ferkit.colours import of_classes
from ferkit.predict.video import VideoReading
from ferkit.videos import frames, open_video
from tests.frames import astronaut, astronaut_video, video
from tests.pages.components import press


def upload(at: AppTest, name: str, content: bytes) -> AppTest:
    at.file_uploader(key="video-upload").upload(name, content)
    return at.run()


def text(at: AppTest) -> str:
    assert not at.exception
    return " ".join(element.value for kind in (at.markdown, at.caption, at.warning, at.subheader) for element in kind)


@pytest.fixture
def two() -> VideoReading:
    """Two faces; the second shows something else half-way."""
    probabilities = [[0.9, 0.1], [0.2, 0.8], [0.9, 0.1], [0.2, 0.8], [0.9, 0.1], [0.9, 0.1]]
    rows = pd.DataFrame(
        {"time": [0, 0, 5, 5, 10, 10], "face": [1, 2] * 3, "x": [16, 160] * 3, "y": 24, "w": 64, "h": 64}
    )
    shown = video([astronaut()] * 20)
    return VideoReading(
        shown,
        320,
        240,
        10.0,
        "",
        ("happy", "sad"),
        np.array([0, 0.5, 5, 10]),
        rows,
        np.array(probabilities),
        (b"jpeg",) * 6,
    )


@pytest.mark.parametrize("world", ["gray_world", "colour_world"])
def test_an_uploaded_video_is_read(app: Callable, request: pytest.FixtureRequest, world: str) -> None:
    at = upload(app(request.getfixturevalue(world), "video"), "clip.mp4", astronaut_video(1))
    assert re.search(r"\*\*1 face in 1 seconds\*\*: mean probabilities of \d+% \w+ and \d+% \w+\.", text(at))
    assert not at.error and [button.label for button in at.get("download_button")] == [
        "Readings as CSV",
        "Readings as JSON",
        "Video with the readings",
        "GIF",
    ]


def test_a_recording_of_the_webcam_is_read_until_it_is_removed_or_a_file_takes_its_place(
    app: Callable, gray_world
) -> None:
    at = app(gray_world, "video")
    at.session_state[recording.KEPT] = astronaut_video(1)
    assert "Your recording from the webcam." in text(at.run()) and "1 face in 1 seconds" in text(at)
    at.button(key="recording-remove").click().run()
    assert "1 face" not in text(at) and recording.KEPT not in at.session_state
    at.session_state[recording.KEPT] = b"cut off on its way"
    assert at.run().error[0].value.startswith("Expected an MP4")
    assert "Your recording" not in text(upload(at, "clip.mp4", astronaut_video(1))) and "1 face in 1 seconds" in text(
        at
    )


@pytest.mark.parametrize(
    "sent", ["no base64!", "AAAA" * (recording.MOST // 3 + 9), "é"], ids=["words", "large", "letter"]
)
def test_what_is_no_recording_is_an_empty_file(monkeypatch: pytest.MonkeyPatch, sent: str) -> None:
    monkeypatch.setattr(recording.st, "session_state", {})
    recording.keep(sent)
    assert recording.kept() == b""


def test_a_moment_is_explained(app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "player", lambda description, video, key: Moment(0.4, 0.3, False))
    at = upload(app(gray_world, "video"), "clip.mp4", astronaut_video(1))
    assert (
        "Second 0.4, explained" in text(at)
        and "%**, then " in text(at)
        and "not smoothed" in text(at)
        and "Red speaks for the emotion" in text(at)
    )


def test_the_explanation_says_what_the_player_showed(two: VideoReading) -> None:
    said = page._differs(two, Moment(5.0, 10.0, False))
    assert "not smoothed. Averaged over 10.0 seconds around it: happy 90%, sad 58%" in said
    assert page._differs(two, Moment(5.0, 0.0, True)) == (
        "This one frame by itself, not smoothed and before your corrections."
    )


def test_reading_can_be_stopped_and_begun_again(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "video"), "clip.mp4", astronaut_video(0.5))
    wanted = at.session_state["video-reading"][0]
    at.session_state["video-stopped"] = wanted
    assert "Reading was stopped" in at.run().info[0].value
    at.button(key="video-again").click().run()
    assert not at.info and "1 face in" in text(at)


def test_the_rate_is_in_the_url(app: Callable, gray_world) -> None:
    at = app(gray_world, "video", rate="1")
    at = upload(at, "clip.mp4", astronaut_video(2))
    assert at.session_state["video-reading"][0][3] == 1.0
    assert len(at.session_state["video-reading"][1].times) <= 3


def test_mirror_images_are_averaged_on_request(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "video"), "clip.mp4", astronaut_video(0.5))
    before = at.session_state["video-reading"][1].probabilities
    press(at, "mirror", True)
    after = at.session_state["video-reading"][1].probabilities
    assert at.query_params["mirror"] in ("1", ["1"]) and after.shape == before.shape and not np.allclose(after, before)


def test_another_video_forgets_the_moment(app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    clicks = iter([Moment(0.4, 0.3, False), None, None])
    monkeypatch.setattr(page, "player", lambda description, video, key: next(clicks))
    at = upload(app(gray_world, "video"), "clip.mp4", astronaut_video(1))
    assert "explained" in text(at)
    assert "explained" not in text(upload(at, "other.mp4", astronaut_video(0.8)))


@pytest.mark.parametrize(
    "content", [b"no video at all", b"", astronaut_video(0.2)[:900]], ids=["words", "empty", "cut"]
)
def test_a_file_that_is_not_a_video_gives_one_message(app: Callable, gray_world, content: bytes) -> None:
    at = upload(app(gray_world, "video"), "clip.mp4", content)
    assert not at.get("progress")
    assert (
        not at.exception
        and len(at.error) == 1
        and at.error[0].value.startswith("Expected ")
        and at.error[0].value.count(". ") == 1
    )


def test_a_video_without_a_face_says_so(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "video"), "wall.mp4", video([np.full((96, 128, 3), 180, np.uint8)] * 8))
    assert "No face was found in this video" in text(at) and not at.get("download_button")


def test_the_example_is_a_video_of_every_class(app: Callable, gray_world) -> None:
    at = app(gray_world, "video")
    at.button(key="example-video-button").click().run()
    assert "labelled **angry**, **disgust**" in text(at) and "1 face in 12 seconds" in text(at)


def test_the_sentence_names_each_face(two: VideoReading) -> None:
    assert page.summary(two) == (
        "**2 faces in 10 seconds**: face 1 has mean probabilities of 90% happy and 10% sad; "
        "face 2 has mean probabilities of 57% sad and 43% happy."
    )


def test_what_the_browser_gets(two: VideoReading) -> None:
    data = json.loads(describe(two, of_classes(two.classes)))
    other = json.loads(describe(replace(two, probabilities=two.probabilities[:, ::-1]), of_classes(two.classes)))
    assert data["digest"] != other["digest"]  # the same video read by another run
    assert data["classes"] == ["happy", "sad"] and data["colours"] == list(of_classes(two.classes).values())
    assert [face["face"] for face in data["faces"]] == [1, 2]
    assert data["faces"][1]["boxes"][0] == [0.5, 0.1, 0.2, 0.2667] and data["faces"][1]["probabilities"][2] == [
        0.9,
        0.1,
    ]
    assert data["faces"][0]["until"] == [5, 10, 1e6]
    assert [(peak["emotion"], peak["face"], peak["time"]) for peak in data["peaks"]] == [("happy", 1, 0), ("sad", 2, 0)]


def test_the_video_to_keep_has_the_readings_in_it(two: VideoReading) -> None:
    brief = replace(
        two, rows=two.rows.assign(time=[0, 0, 5, 5, 10, 10]), times=np.array([0, 0.5, 1.0, 1.5, 2, 2.5, 3, 3.5, 5, 10])
    )
    content = page.annotated(brief)  # seven readings lie between the first two: it holds until the next
    assert open_video(content).seconds == pytest.approx(1, abs=0.1)
    (_, plain), *_ = frames(two.mp4, 320)
    drawn = {round(time, 2): np.abs(rgb.astype(int) - plain).mean() for time, rgb in frames(content, 320)}
    assert drawn[0.0] > 3 * drawn[0.9] and drawn[0.45] > 3 * drawn[0.55]
    table = pd.read_csv(io.StringIO(page.table(two).to_csv(index=False)))
    assert len(table) == 6 and table.loc[4, "emotion"] == "happy"
