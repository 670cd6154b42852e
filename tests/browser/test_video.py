"""A video uploaded in Chromium: it plays, its timeline seeks, a moment is explained, another page and back leave
nothing broken."""

import io
import re
from collections.abc import Callable
from typing import Any

import av
import numpy as np
import pytest

pytest.importorskip("playwright", reason="browser tests need playwright: pip install playwright")

from tests.frames import astronaut_video

VIDEO = ".player video"
PIXELS = (
    "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].some((value) => value)"
)


def until(page: Any, what: str, condition: str) -> None:
    """Wait until `condition`, JavaScript about the element `it`, holds."""
    for _ in range(600):
        if page.locator(what).evaluate(f"it => {condition}"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{what}: never {condition}")


@pytest.fixture
def shown(page: Any, server: Callable, visit: Callable, drawn: Callable, gray_world: Any) -> Any:
    """The page with a video of two seconds on it."""
    visit(page, server(gray_world) + "/video")
    content = {"name": "clip.mp4", "mimeType": "video/mp4", "buffer": astronaut_video(2)}
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(content)
    page.locator(VIDEO).wait_for()
    drawn(page)
    until(page, VIDEO, "it.readyState >= 2")
    return page


def test_it_plays_with_boxes_over_it(shown: Any) -> None:
    video = shown.locator(VIDEO)
    assert video.evaluate("video => [video.videoWidth, video.videoHeight, video.error]") == [320, 240, None]
    assert shown.locator(".player canvas").evaluate(PIXELS)
    video.evaluate("video => video.play()")
    until(shown, VIDEO, "it.currentTime > 0.3")


def test_the_sound_is_kept_in_the_player(page: Any, server: Callable, visit: Callable, gray_world: Any) -> None:
    visit(page, server(gray_world) + "/video")
    content = {"name": "clip.mp4", "mimeType": "video/mp4", "buffer": with_tone(astronaut_video(2))}
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(content)
    page.locator(VIDEO).wait_for()
    until(page, VIDEO, "it.readyState >= 2")
    page.locator(VIDEO).evaluate("video => video.play()")
    until(page, VIDEO, "it.webkitAudioDecodedByteCount > 0 && !it.muted && it.volume > 0")


def with_tone(video: bytes) -> bytes:
    """The same pictures with a tone of 440 Hz."""
    out, rate, seconds = io.BytesIO(), 16_000, 2
    with av.open(io.BytesIO(video)) as source, av.open(out, "w", format="mp4") as made:
        pictures = made.add_stream_from_template(source.streams.video[0])
        sound = made.add_stream("aac", rate=rate)
        wave = np.sin(2 * np.pi * 440 * np.arange(seconds * rate) / rate, dtype=np.float32)[None]
        frame = av.AudioFrame.from_ndarray(wave, format="fltp", layout="mono")
        frame.sample_rate = rate
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = pictures
                made.mux(packet)
        made.mux(sound.encode(frame))
        made.mux(sound.encode(None))
    return out.getvalue()


def test_the_timeline_seeks_and_a_moment_is_explained(shown: Any, drawn: Callable) -> None:
    paths = shown.locator(".player .chart path").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('d').length)"
    )
    assert len(paths) == 7 and max(paths) > 100
    chart = shown.locator(".player .chart").bounding_box()
    shown.mouse.click(chart["x"] + chart["width"] / 2, chart["y"] + 40)
    until(shown, VIDEO, "Math.abs(it.currentTime - 1) < 0.1")
    assert re.fullmatch(r"1\.0 s: \w+ \d+%, \w+ \d+%, \w+ \d+%", shown.locator(".player .tooltip").inner_text())
    ask = shown.get_by_role("button", name="Explain second 1.0")
    ask.click()
    shown.get_by_role("heading", name="Second 1.0, explained").wait_for()
    drawn(shown)
    assert shown.get_by_text("How the face is read").count() == 1
    assert abs(shown.locator(VIDEO).evaluate("video => video.currentTime") - 1) < 0.1  # it was not restarted


def test_a_surest_moment_seeks_and_smoothing_redraws(shown: Any) -> None:
    areas = shown.locator(".player .chart svg")
    before = areas.inner_html()
    shown.get_by_label("Smoothing in seconds").fill("1.5")
    assert areas.inner_html() != before and shown.locator(".player output").inner_text() == "1.5 s"
    tile = shown.get_by_role("button", name=re.compile("^The strongest ")).first
    tile.click()
    time = re.search(r"0:0(\d)", tile.inner_text())
    assert time
    until(shown, VIDEO, f"Math.floor(it.currentTime + 0.02) === {time[1]}")


def test_the_readings_can_be_taken_home(shown: Any) -> None:
    for name, ending in (("Readings as CSV", ".csv"), ("Video with the readings", ".mp4")):
        with shown.expect_download() as coming:
            shown.get_by_role("button", name=name).click()
        assert coming.value.suggested_filename.endswith(ending) and coming.value.path().stat().st_size > 500


def test_another_run_and_another_page_leave_nothing_of_the_old_one(shown: Any, drawn: Callable) -> None:
    areas = shown.locator(".player .chart svg")
    drawing = areas.inner_html()
    shown.get_by_label("Run", exact=True).select_option("beta" if "run=alpha" in shown.url else "alpha")
    for _ in range(600):
        if areas.count() == 1 and areas.inner_html() != drawing:
            break
        shown.wait_for_timeout(50)
    drawn(shown)
    assert areas.inner_html() != drawing and shown.locator(VIDEO).count() == 1
    for name in ("Photo", "Video"):
        shown.get_by_role("link", name=name).click()
        shown.get_by_role("heading", name=name).wait_for()
        drawn(shown)
    assert shown.locator(".player").count() == shown.locator(VIDEO).count()
