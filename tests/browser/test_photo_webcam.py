"""A photo uploaded and a webcam with a fake video, in Chromium."""

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

import cv2
import pytest
from skimage import data

pytest.importorskip("playwright", reason="browser tests need playwright: pip install playwright")
from playwright.sync_api import TimeoutError

from ferkit.colours import of_classes

TRIES = 3  # to connect: on a starved machine one in some 25 connections never brought a frame
CAMERA = '[data-testid="stCameraInput"]'
FACES = '[data-testid="stMain"]'


def upload(page: Any, drawn: Callable, name: str, content: bytes) -> None:
    page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(
        {"name": name, "mimeType": "image/png", "buffer": content}
    )
    page.locator(f"{FACES} >> text=/%, then |Expected a/").first.wait_for()
    drawn(page)


def test_a_photo_shows_boxed_face_and_bars(
    page: Any, server: Callable, visit: Callable, drawn: Callable, gray_world: Any
) -> None:
    visit(page, server(gray_world) + "/photo")
    upload(
        page,
        drawn,
        "astronaut.png",
        cv2.imencode(".png", cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))[1].tobytes(),
    )
    picture = page.get_by_role("img", name=re.compile("^The photo, faces boxed: (?!none)"))
    mapped = page.get_by_role("img", name=re.compile("^Face 1, the map for"))
    for image in (picture, mapped):
        assert image.evaluate("image => image.complete && image.naturalWidth") > 380
    classes = json.loads((gray_world.checkpoints / "alpha" / "run.json").read_text("utf-8"))["classes"]
    bars = [page.locator(f".chart svg [fill='{colour}']").count() for colour in of_classes(tuple(classes)).values()]
    assert bars == [1] * 7, "a bar per class in its colour"


def test_a_broken_photo_gives_one_message(
    page: Any, server: Callable, visit: Callable, drawn: Callable, gray_world: Any
) -> None:
    visit(page, server(gray_world) + "/photo")
    upload(page, drawn, "broken.png", b"no picture at all")
    alert = page.locator('[data-testid="stAlert"]')
    assert alert.count() == 1 and "Expected a photo as JPEG, PNG" in alert.inner_text()


def test_the_webcam_runs_live_through_the_server(
    camera_page: Any, server: Callable, visit: Callable, gray_world: Any
) -> None:
    channel = camera_page.frame_locator('iframe[title*="webrtc"]')
    line = camera_page.get_by_text(re.compile(r"^[\d.]+ frames per second · ")).first
    for _ in range(TRIES):
        visit(camera_page, server(gray_world) + "/webcam?mode=server")
        channel.get_by_role("button", name="Start camera").click()
        with contextlib.suppress(TimeoutError):
            line.wait_for(timeout=40_000)
            break
    else:
        raise AssertionError(f"no frame came: {camera_page.inner_text('body')} {channel.locator('body').inner_text()}")
    camera_page.wait_for_function(
        "() => { const line = document.body.innerText.match(/([\\d.]+) frames per second · (\\S+)/); "
        "return line && Number(line[1]) > 0 && line[2] !== 'no'; }"
    )
    assert channel.locator("video").evaluate("video => video.videoWidth") > 0
    channel.get_by_role("button", name="Stop").click()
    camera_page.get_by_text("Every frame is sent to the app").wait_for()


def test_a_snapshot_needs_no_webrtc(
    camera_page: Any, server: Callable, visit: Callable, drawn: Callable, gray_world: Any
) -> None:
    visit(camera_page, server(gray_world) + "/webcam")
    camera_page.get_by_role("radio", name="Snapshots").click()
    shutter = camera_page.get_by_role("button", name="Take photo")
    shutter.wait_for()
    camera_page.wait_for_function(
        f"() => document.querySelector(`{CAMERA} video`)?.readyState >= 2"
    )  # before that the shutter does nothing
    shutter.click()
    camera_page.get_by_text("%, then ").wait_for()
    drawn(camera_page)
    assert camera_page.get_by_role("img", name=re.compile("^The photo, faces boxed")).count() == 1
