"""The exported web page on a plain file server, in Chromium: the same answer as PyTorch, and nothing sent."""

import functools
import io
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("playwright", reason="browser tests need playwright: pip install playwright")
pytest.importorskip("onnxscript")

from bench.browser import installed
from ferkit.data.synthetic import draw
from ferkit.deploy.runtime import find_runtime
from ferkit.deploy.web_page import Page, write_page
from ferkit.errors import ConfigError
from ferkit.faces import Box, square_crop, to_network
from ferkit.images import open_photo
from ferkit.predict.classifier import Classifier
from ferkit.report.web_card import web_card
from ferkit.report.web_means import web_means
from ferkit.runs import Run, open_folder
from tests.worlds import ROOT

KEEP = """document.addEventListener("reading", ({ detail }) => {
  const list = (values) => Array.from(values);
  const { box, pixels, probabilities, index, map } = detail;
  window.lastReading = { box, index, pixels: list(pixels), probabilities: list(probabilities),
    map: list(map.values), shape: [map.height, map.width] };
})"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def shipped() -> Run:
    return open_folder(ROOT / "checkpoints" / "compact-wild")


@pytest.fixture(scope="module")
def written(browser: Any, shipped: Run, tmp_path_factory: pytest.TempPathFactory) -> Page:
    try:
        package = find_runtime()
    except ConfigError as error:
        pytest.skip(str(error))
    means = web_means(shipped)
    assert means is not None
    out = tmp_path_factory.mktemp("web") / "page"
    return write_page(shipped, web_card(shipped, means), out, package, means.files)


@pytest.fixture(scope="module")
def address(written: Page) -> Iterator[str]:
    """`python -m http.server` in the page's folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(written.path))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """A drawn face in a wide picture, uint8 RGB (500, 720, 3)."""
    rows, columns = np.mgrid[:500, :720]
    picture = np.stack([columns % 256, rows % 256, (rows + columns) % 256], -1).astype(np.uint8)
    picture[90:410, 300:620] = draw(21, seed=5, size=320, colour=True).images[4]
    return picture


def png(picture: np.ndarray) -> dict[str, Any]:
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "PNG")
    return {"name": "photo.png", "mimeType": "image/png", "buffer": content.getvalue()}


def ready(page: Any, address: str) -> None:
    page.add_init_script(KEEP)
    page.goto(address)
    page.locator("#choose:enabled").wait_for()


def until(page: Any, condition: str) -> None:
    """Wait for it. `page.wait_for_function` needs eval, which the page's security policy forbids."""
    for _ in range(1200):
        if page.evaluate(f"Boolean({condition})"):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {condition}")


def agree(got: dict[str, Any], picture: np.ndarray, classifier: Classifier) -> None:
    box = got["box"]
    crop = square_crop(picture, Box(box["x"], box["y"], box["side"], box["side"], 1.0), 0)
    face = to_network(crop, classifier.input.size, classifier.input.channels)[None]
    np.testing.assert_array_equal(np.reshape(got["pixels"], face.shape), face)
    np.testing.assert_allclose(got["probabilities"], classifier.probabilities(face)[0], atol=1e-3)
    expected = classifier.evidence(face)[0, got["index"]]
    np.testing.assert_allclose(np.reshape(got["map"], got["shape"]), expected, atol=1e-2)


def test_a_photo_gets_the_answer_of_pytorch_and_is_sent_nowhere(
    page: Any, address: str, photo: np.ndarray, shipped: Run
) -> None:
    requests: list[Any] = []
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("request", lambda request: requests.append(request))
    ready(page, address)
    assert all(one.method == "GET" and one.url.startswith((address, "data:")) for one in requests)
    requests.clear()
    classifier = Classifier.open(shipped)

    page.set_input_files("#file", png(photo))
    until(page, "window.lastReading")
    first = page.evaluate("window.lastReading")
    assert first["box"] == {"x": 210, "y": 100, "side": 300}
    agree(first, photo, classifier)

    place = page.locator("#picture").bounding_box()
    page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 460 / 720, place["y"] + place["height"] * 245 / 500, steps=4)
    page.mouse.up()
    page.locator("#square").press("-")
    page.locator(".bar", has_text="fear").click()
    until(page, "window.lastReading.box.side < 300 && window.lastReading.index === 2")
    moved = page.evaluate("window.lastReading")
    assert moved["box"]["x"] > 290 and page.locator("#why").inner_text().startswith("What speaks for and against fear")
    agree(moved, photo, classifier)

    page.set_input_files("#file", png(photo[200:238, 400:438]))  # smaller than what the network reads
    until(page, "window.lastReading.box.side === 38")
    agree(page.evaluate("window.lastReading"), photo[200:238, 400:438], classifier)
    assert [one.url for one in requests if not one.url.startswith(("blob:", "data:"))] == []
    assert not errors


def test_a_jpeg_that_each_side_decodes_itself_gets_the_same_answer(
    page: Any, address: str, photo: np.ndarray, shipped: Run
) -> None:
    content = io.BytesIO()
    Image.fromarray(photo).save(content, "JPEG", quality=88)  # half the colour's pixels, as cameras have it
    ready(page, address)
    page.set_input_files("#file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()})
    until(page, "window.lastReading")
    got, classifier = page.evaluate("window.lastReading"), Classifier.open(shipped)
    box = got["box"]
    crop = square_crop(open_photo(content.getvalue()), Box(box["x"], box["y"], box["side"], box["side"], 1.0), 0)
    face = to_network(crop, classifier.input.size, classifier.input.channels)[None]
    assert np.abs(np.reshape(got["pixels"], face.shape).astype(int) - face).max() <= 1
    np.testing.assert_allclose(got["probabilities"], classifier.probabilities(face)[0], atol=1e-3)


def test_the_page_shows_the_card_and_says_what_is_no_picture(page: Any, address: str, shipped: Run) -> None:
    ready(page, address)
    text = page.locator("body").inner_text()
    accuracy, size = f"{shipped.results().scores['val'].accuracy:.1%}", f"{shipped.manifest.parameters:,} parameters"
    for part in ("stays on this device", accuracy, "Limits", "Confusion matrix on val", size):
        assert part in text
    page.set_input_files("#file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"})
    page.get_by_text("Expected a picture that this browser can read").wait_for()
    page.locator("#try").click()
    until(page, "window.lastReading?.probabilities.length === 7")


def test_the_matrix_has_the_share_and_the_count_of_every_cell(page: Any, address: str, shipped: Run) -> None:
    ready(page, address)
    matrix = web_card(shipped)["confusion"]
    shares = [f"{100 * n / sum(row):.0f}%" for row in matrix for n in row]
    counts = [f"{n:,}" for row in matrix for n in row]
    assert [text.split() for text in page.locator(".matrix tbody td").all_inner_texts()] == [
        [share, count] for share, count in zip(shares, counts, strict=True)
    ]
    assert page.locator(".matrix thead th").all_inner_texts() == ["", *shipped.classes]


def test_every_emotion_has_its_mean_face_and_its_mean_map(page: Any, address: str, shipped: Run) -> None:
    ready(page, address)
    assert page.locator(".means strong").all_inner_texts() == list(shipped.classes)
    place = page.locator(".means .tile")
    labels = [tile.get_attribute("aria-label") for tile in place.all()]
    assert labels == [f"Mean {what} of {name}" for name in shipped.classes for what in ("face", "map")]
    page.locator(".means").scroll_into_view_if_needed()
    seen = [np.asarray(Image.open(io.BytesIO(tile.screenshot())).convert("RGB"), int) for tile in place.all()]
    faces, maps = seen[::2], seen[1::2]
    middle = (slice(20, -20), slice(20, -20))
    for face, map_ in zip(faces, maps, strict=True):
        assert face[middle].std() > 15 and np.ptp(face[middle], 2).mean() < 4  # gray
        assert np.ptp(map_[middle], 2).mean() > 15  # painted
    side = min(len(face) for face in faces) - 20
    assert all(np.abs(a[20:side, 20:side] - b[20:side, 20:side]).mean() > 3 for a, b in pairwise(faces))


def test_the_page_fits_a_phone(window: Any, address: str) -> None:
    page = window("phone")
    page.set_viewport_size({"width": 390, "height": 844})
    ready(page, address)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".matrix").bounding_box()["width"] <= 390
    page.close()


def test_a_visitor_fetches_less_than_six_megabytes(written: Page) -> None:
    assert written.compressed < written.bytes < 6_000_000


def test_the_webcam_is_read_frame_after_frame(browser: Any, address: str) -> None:
    flags = ["--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
    running = browser.browser_type.launch(executable_path=installed(), args=flags)
    try:
        page = running.new_page()
        ready(page, address)
        page.locator("#camera").click()
        page.get_by_text("frames/s").wait_for()
        box = page.evaluate("window.lastReading.box")
        assert box["side"] > 100 and page.locator("body.live #reading").is_visible()
        page.locator("#camera").click()
        page.get_by_role("button", name="Use the webcam").wait_for()
    finally:
        running.close()
