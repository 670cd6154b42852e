"""The webcam in the visitor's own browser, with a camera that shows a file: the same answer as PyTorch, nothing sent,
nothing shared, and one sentence for each way in which it cannot run."""

import base64
import csv
import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

pytest.importorskip("playwright", reason="browser tests need playwright: pip install playwright")
pytest.importorskip("onnxscript")

from ferkit.deploy.runtime import find_runtime
from ferkit.deploy.session import Session
from ferkit.errors import ConfigError
from ferkit.explain.class_maps import class_maps
from ferkit.faces import LIVE, MARGIN, Box, square_crop, to_network
from ferkit.faces.crop import UPRIGHT, roll
from ferkit.faces.detect import YuNet
from ferkit.metrics import softmax
from ferkit.predict.classifier import Classifier
from ferkit.predict.neutral import against_neutral, typical_neutral
from ferkit.predict.photo import read
from ferkit.runs import LOGIT, open_folder
from ferkit.videos import frames
from tests.made_up_detector import write_detector
from tests.predict.stubs import Fixed
from tests.worlds import ROOT, World

try:
    find_runtime()
except ConfigError as error:
    pytest.skip(str(error), allow_module_level=True)

REAL = os.environ.get("FERKIT_YUNET", "")  # read here: fixtures unset it
KEEP = """document.addEventListener("reading", ({ detail: { frame, faces, shown, neutral } }) => {
  if (window.lastReading || !faces.length) return;
  const canvas = Object.assign(document.createElement("canvas"), { width: frame.width, height: frame.height });
  canvas.getContext("2d").drawImage(frame, 0, 0);
  const list = (values) => Array.from(values);
  const plain = ({ box, pixels, probabilities, maps, all }, i) => ({ box, pixels: list(pixels),
    probabilities: list(probabilities), second: all[1] && list(all[1].probabilities), shown: list(shown[i].shown),
    map: maps && list(maps.values), shape: maps && [maps.height, maps.width] });
  window.lastReading = { frame: canvas.toDataURL("image/png"), faces: faces.map(plain), neutral };
})"""
LENGTH = "it => it.duration || new Promise((found) => (it.onloadedmetadata = () => found(it.duration)))"
LIVE_NOW = ".webcam[data-state=on]"
START = "Start camera"
SECOND = "compact-tiny"


class Here(World):
    """A world with a detector of its own."""

    detector: Path | None = None

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | ({"FERKIT_YUNET": str(self.detector)} if self.detector else {})


@pytest.fixture(scope="module", params=["made up", "yunet"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Here:
    """The shipped run, and a detector: one by chance, or the real one where it is."""
    if request.param == "yunet" and not REAL:
        pytest.skip("FERKIT_YUNET names no file of YuNet")
    return shipped(tmp_path_factory, request.param)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Here:
    return shipped(tmp_path_factory, "yunet" if REAL else "made up")


def shipped(tmp_path_factory: pytest.TempPathFactory, detector: str, *more: str) -> Here:
    world = Here(tmp_path_factory.mktemp("webcam"))
    for name in ("compact-wild", *more):
        shutil.copytree(ROOT / "checkpoints" / name, world.checkpoints / name)
    world.detector = Path(REAL) if detector == "yunet" else write_detector(world.path / "detector.onnx")
    return world


def start(page: Any, address: str, visit: Callable, view: str = "") -> None:
    page.add_init_script(KEEP)
    visit(page, f"{address}/webcam?{view}")
    page.get_by_role("button", name=START).click()
    page.locator(LIVE_NOW).wait_for()
    page.wait_for_function("() => window.lastReading")


def test_the_same_frame_gets_the_same_answer_and_no_request_carries_it(
    camera_page: Any, server: Callable, visit: Callable, world: Here
) -> None:
    requests: list[Any] = []
    sent: list[Any] = []
    errors: list[str] = []
    camera_page.on("request", lambda request: requests.append(request))
    camera_page.on("websocket", lambda socket: socket.on("framesent", lambda content: sent.append(content)))
    camera_page.on("pageerror", lambda error: errors.append(str(error)))
    address = server(world)
    start(camera_page, address, visit)
    before = sum(map(len, sent))
    faces, frame = reading(camera_page)
    camera_page.wait_for_timeout(1000)

    assert frame.shape == (480, 640, 3)
    agree(faces, frame, world)
    assert all(one.method == "GET" and one.post_data is None for one in requests)
    assert all(one.url.startswith((address, "data:", "blob:")) for one in requests)
    assert sum(map(len, sent)) - before < 1000 and not errors
    wasm = next(one for one in requests if one.url.endswith(".wasm")).response()
    assert "immutable" in wasm.headers["cache-control"] and wasm.headers["content-type"] == "application/wasm"


@pytest.mark.skipif(not REAL, reason="FERKIT_YUNET names no file of YuNet")
def test_a_rolled_face_is_turned_upright_as_python_turns_it(
    rolled_page: Any, server: Callable, visit: Callable, known: Here
) -> None:
    start(rolled_page, server(known), visit)
    faces, frame = reading(rolled_page)
    agree(faces, frame, known)
    assert len(faces) == 1 and UPRIGHT < roll(box_of(faces[0])) < 35
    rolled_page.get_by_text("48 × 48 pixels, turned upright").wait_for()


def reading(page: Any) -> tuple[list[dict[str, Any]], np.ndarray]:
    """The faces of the last reading, and its frame, uint8 RGB (H, W, 3)."""
    got = page.evaluate("window.lastReading")
    picture = Image.open(io.BytesIO(base64.b64decode(got["frame"].split(",")[1])))
    return got["faces"], np.array(picture.convert("RGB"))


def box_of(face: dict[str, Any]) -> Box:
    box = face["box"]
    landmarks = tuple((x, y) for x, y in box["landmarks"])
    return Box(box["x"], box["y"], box["w"], box["h"], box["score"], landmarks)


def numbers(box: Box) -> np.ndarray:
    """Its place and its landmarks."""
    return np.array([box.x, box.y, box.w, box.h, *np.ravel(box.landmarks)])


def agree(faces: list[dict[str, Any]], frame: np.ndarray, world: Here) -> None:
    """Boxes and landmarks as OpenCV's within two pixels, pixels the same, probabilities to 1e-3, maps to 1e-2."""
    assert world.detector
    expected = YuNet(world.detector).detect(frame, LIVE)
    there = [face for face in faces if not face["box"]["small"]]
    assert there
    assert len(expected) == len(there) or len(faces) == 8
    classifier = Classifier.open(open_folder(world.checkpoints / "compact-wild"))
    exported = Session.open(world.checkpoints / "compact-wild" / "model.onnx")
    for face in there:
        box = box_of(face)
        assert min(np.abs(numbers(box) - numbers(one)).max() for one in expected) <= 2
        crop = to_network(square_crop(frame, box, MARGIN), 48, 1)
        np.testing.assert_array_equal(np.reshape(face["pixels"], crop.shape), crop)
        np.testing.assert_allclose(face["probabilities"], classifier.probabilities(crop[None])[0], atol=1e-3)
        np.testing.assert_allclose(face["probabilities"], exported(crop[None])["probabilities"][0], atol=1e-3)
        with torch.inference_mode():
            maps = class_maps(classifier.quick, classifier.prepare(crop[None])).evidence[0].numpy()
        np.testing.assert_allclose(np.reshape(face["map"], (7, *face["shape"])), maps, atol=1e-2)
    if REAL and world.detector == Path(REAL):  # each by its own way from the frame on
        alone = read(frame, classifier, YuNet(world.detector), effort=LIVE).faces
        for face, own in zip(there, alone, strict=True):
            np.testing.assert_allclose(face["probabilities"], own.probabilities, atol=1e-3)


def test_two_runs_read_the_same_face_and_its_mirror_image_as_python_does(
    camera_page: Any, server: Callable, visit: Callable, tmp_path_factory: pytest.TempPathFactory
) -> None:
    world = shipped(tmp_path_factory, "yunet" if REAL else "made up", SECOND)
    start(camera_page, server(world), visit, f"run=compact-wild&with={SECOND}&mirror=1")
    faces, frame = reading(camera_page)
    read_by = {name: Classifier.open(open_folder(world.checkpoints / name)) for name in ("compact-wild", SECOND)}
    for face in [face for face in faces if not face["box"]["small"]]:
        for name, key in (("compact-wild", "probabilities"), (SECOND, "second")):
            (expected,) = read(frame, read_by[name], Fixed(box_of(face)), mirror=True).faces
            np.testing.assert_allclose(face[key], expected.probabilities, atol=1e-3)
    assert camera_page.locator(".other h4").inner_text().startswith(f"{SECOND}: ")
    assert camera_page.locator(".other .bar").count() == 7


@pytest.mark.skipif(not REAL, reason="FERKIT_YUNET names no file of YuNet")
def test_a_neutral_face_is_taken_and_what_is_shown_is_the_change_against_it(
    camera_page: Any, server: Callable, visit: Callable, known: Here
) -> None:
    start(camera_page, server(known), visit, "run=compact-wild")
    camera_page.get_by_label("Smoothing").fill("0")
    camera_page.get_by_role("button", name="Take my neutral face").click()
    camera_page.get_by_text("Corrected so that your neutral face reads as a typical").wait_for()
    camera_page.evaluate("window.lastReading = null")
    camera_page.wait_for_function("() => window.lastReading")
    got = camera_page.evaluate("window.lastReading")
    run = open_folder(known.checkpoints / "compact-wild")
    frame = run.results().predictions("val")
    logits = frame[[LOGIT + name for name in run.classes]].to_numpy()
    typical = typical_neutral(softmax(logits, run.temperature), frame["label"].to_numpy(), run.classes)
    assert typical is not None
    (face,) = got["faces"]
    expected = against_neutral(np.array([face["probabilities"]]), np.array(got["neutral"]), typical)[0]
    np.testing.assert_allclose(face["shown"], expected, atol=1e-4)
    assert expected.argmax() == run.classes.index("neutral")  # the astronaut's smile is what was taken

    camera_page.get_by_label("Against my neutral face").uncheck()
    camera_page.evaluate("window.lastReading = null")
    camera_page.wait_for_function("() => window.lastReading && window.lastReading.neutral === null")
    (face,) = camera_page.evaluate("window.lastReading.faces")
    np.testing.assert_allclose(face["shown"], face["probabilities"], atol=1e-6)
    camera_page.get_by_role("button", name="Forget").click()
    camera_page.get_by_role("button", name="Take my neutral face").wait_for()


def test_the_last_minutes_are_kept_for_this_visitor_alone(
    camera_page: Any, server: Callable, visit: Callable, drawn: Callable, known: Here
) -> None:
    start(camera_page, server(known), visit)
    camera_page.locator(".bar", has_text="sad").click()
    camera_page.wait_for_url("**map=sad**")
    camera_page.get_by_text("The map is of sad").wait_for()
    assert camera_page.locator(".bar[aria-pressed=true]").inner_text().startswith("sad")
    assert camera_page.locator(LIVE_NOW).count() == 1, "the choice stopped the camera"
    camera_page.wait_for_timeout(500)
    camera_page.get_by_role("button", name="Stop").click()
    camera_page.get_by_role("button", name=START).wait_for()

    with camera_page.expect_download() as coming:
        camera_page.get_by_role("button", name="Download as CSV").click()
    rows = list(csv.reader(io.StringIO(coming.value.path().read_text("utf-8-sig"))))
    classes = ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]
    assert (
        rows[0] == ["time", "seconds", "run", "face", "emotion", "unsure", "against neutral", *classes]
        and len(rows) > 2
    )
    values = np.array([row[7:] for row in rows[1:]], float)
    np.testing.assert_allclose(values.sum(1), 1, atol=1e-3)
    assert [row[4] for row in rows[1:]] == [classes[i] for i in values.argmax(1)]

    other = camera_page.context.browser.new_page()
    visit(other, server(known) + "/webcam")
    other.get_by_role("button", name=START).wait_for()
    assert not other.get_by_text("The last minutes").is_visible()
    other.close()
    camera_page.get_by_role("link", name="Photo").click()
    camera_page.get_by_role("heading", name="Photo").wait_for()
    camera_page.get_by_role("link", name="Webcam").click()
    camera_page.get_by_text("The last minutes").wait_for()


def test_a_recording_stays_in_the_tab_until_it_is_opened_on_the_video_page(
    camera_page: Any, server: Callable, visit: Callable, known: Here
) -> None:
    sent: list[Any] = []
    posted: list[Any] = []
    camera_page.on("websocket", lambda socket: socket.on("framesent", lambda content: sent.append(content)))
    camera_page.on("request", lambda request: posted.append(request) if request.method != "GET" else None)
    start(camera_page, server(known), visit)
    before = sum(map(len, sent))
    camera_page.get_by_role("button", name="Record", exact=True).click()
    camera_page.wait_for_timeout(2500)
    camera_page.get_by_role("button", name="Stop recording").click()
    camera_page.get_by_text("Opening it on the Video page sends it to the app").wait_for()
    with camera_page.expect_download() as coming:
        camera_page.get_by_role("button", name="Save", exact=True).click()
    content = coming.value.path().read_bytes()
    assert coming.value.suggested_filename == "webcam.webm" and len(list(frames(content, 64))) > 3
    assert sum(map(len, sent)) - before < 1000 and not posted

    camera_page.get_by_role("button", name="Open on the Video page").click()
    camera_page.locator(".player video").wait_for()
    camera_page.get_by_text("Your recording from the webcam.").wait_for()
    assert camera_page.locator(".player video").evaluate(LENGTH) > 0.5
    assert sum(map(len, sent)) - before > len(content) and not posted
    camera_page.get_by_role("link", name="Webcam").click()
    camera_page.get_by_role("button", name="Discard").click()
    assert not camera_page.get_by_text("Kept in this tab. Opening").is_visible()


def test_a_camera_that_is_taken_away_is_said_and_starts_again(
    camera_page: Any, server: Callable, visit: Callable, known: Here
) -> None:
    start(camera_page, server(known), visit)
    end = "video => video.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
    camera_page.locator(".webcam video").evaluate(end)
    camera_page.get_by_text("The camera was unplugged or taken away. Connect it, then start again.").wait_for()
    camera_page.get_by_role("button", name=START).click()
    camera_page.locator(LIVE_NOW).wait_for()


def test_no_camera_and_a_refused_one_are_a_sentence_each(
    page: Any, server: Callable, visit: Callable, known: Here
) -> None:
    held: list[Any] = []
    page.context.route("**/ort.wasm", lambda route: held.append(route))
    visit(page, server(known) + "/webcam")
    page.get_by_role("button", name=START).click()  # this browser has no camera
    sentence = page.get_by_text("No camera was found. Connect one, then start again.")
    sentence.wait_for()
    for route in held:
        route.continue_()
    page.locator('.webcam[data-network="ready"]').wait_for()
    assert held
    assert sentence.is_visible(), "a network that is loaded after it does not take it away"
    for name, sentence in (
        ("NotAllowedError", "The camera is blocked"),
        ("NotReadableError", "in use by another program"),
    ):
        page.evaluate(
            "name => (navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); })", name
        )
        page.get_by_role("button", name=START).click()
        page.get_by_text(sentence).wait_for()


def test_without_a_detector_a_face_goes_into_an_oval_and_a_run_is_exported_when_it_is_asked_for(
    camera_page: Any, server: Callable, visit: Callable, gray_world: World
) -> None:
    start(camera_page, server(gray_world), visit)
    (face,) = camera_page.evaluate("window.lastReading.faces")
    assert face["box"] == {"x": 164, "y": 84, "w": 312, "h": 312, "score": 1, "small": False}
    assert sum(face["probabilities"]) == pytest.approx(1, abs=1e-4)
    camera_page.get_by_label("Size of the oval").fill("0.5")
    camera_page.evaluate("window.lastReading = null")
    camera_page.wait_for_function("() => window.lastReading?.faces[0].box.w === 240")
    assert camera_page.get_by_text("put your face into the oval").count() == 1
