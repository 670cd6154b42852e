"""The Photo page, and the reading of a photo it shows."""

import io
import zlib
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from dashboard.camera import photo
from dashboard.camera.photo import say
from dashboard.camera.reading import PhotoReading, SeenFace, read, whole_box
from ferkit.faces import MARGIN, Box
from ferkit.images import reduce
from ferkit.predict.drawing import FaceReading, draw_boxes

COLOURS = {"calm": "#10c020", "cross": "#e01010", "glad": "#2040f0"}


def told(at) -> str:
    assert not at.exception
    return " ".join(
        element.value for kind in (at.markdown, at.caption, at.info, at.error, at.warning) for element in kind
    )


def png(rgb: np.ndarray) -> bytes:
    written = io.BytesIO()
    Image.fromarray(rgb).save(written, "PNG")
    return written.getvalue()


def upload(at, name: str, content: bytes):
    at.file_uploader(key="photo-upload").upload(name, content)
    return at.run()


def bomb() -> bytes:
    """The header of a PNG of 30000 x 30000 pixels, and nothing behind it."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    side = (30_000).to_bytes(4, "big")
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", side + side + b"\x08\x00\x00\x00\x00")
        + chunk(b"IDAT", b"")
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(("world", "gray"), [("gray_world", True), ("colour_world", False)])
def test_a_face_is_found_and_explained(app: Callable, request: pytest.FixtureRequest, world: str, gray: bool) -> None:
    at = upload(app(request.getfixturevalue(world), "photo"), "astronaut.png", png(data.astronaut()))
    assert " sure; next comes " in told(at) and "**1 · " in told(at)
    assert ("→ gray → 48×48 → Grad-CAM for" in told(at)) == gray and ("→ 64×64 → Grad-CAM for" in told(at)) != gray
    assert len(at.image) == 2 and len(at.get("plotly_chart")) == 1 and not at.error


@pytest.mark.parametrize(
    "content",
    [b"no picture at all", png(data.astronaut())[:50_000], b"", bomb()],
    ids=["words", "half", "empty", "bomb"],
)
def test_what_is_no_picture_becomes_one_sentence(app: Callable, gray_world, content: bytes) -> None:
    at = upload(app(gray_world, "photo"), "broken.png", content)
    assert len(at.error) == 1 and at.error[0].value.startswith("Expected ") and at.error[0].value.count(". ") == 1
    told(at)


def test_without_a_face_the_whole_picture_can_be_taken(app: Callable, gray_world) -> None:
    at = upload(app(gray_world, "photo"), "wall.png", png(np.full((90, 160, 3), 200, np.uint8)))
    assert "No face was found" in told(at)
    at.button(key="photo-take-whole").click().run()
    assert "No face was found" not in told(at) and "**1 · " in told(at)


def test_another_margin_cuts_another_crop(app: Callable, gray_world, monkeypatch: pytest.MonkeyPatch) -> None:
    margins = []

    def spy(rgb, boxes, classifier, colours, margin):
        margins.append(margin)
        return read(rgb, boxes, classifier, colours, margin)

    monkeypatch.setattr(photo, "read", spy)
    at = upload(app(gray_world, "photo"), "astronaut.png", png(data.astronaut()))
    for margin in (0.6, 0.6, MARGIN):
        at.slider(key="photo-margin").set_value(margin).run()
        assert "**1 · " in told(at)
    assert margins == [MARGIN, 0.6], "the same photo at the same margin is read once"


@pytest.mark.parametrize(("world", "words"), [("gray_world", "labelled"), ("imageless_world", "in Demo faces")])
def test_an_example_is_offered(app: Callable, request: pytest.FixtureRequest, world: str, words: str) -> None:
    at = app(request.getfixturevalue(world), "photo")
    at.button(key="example-button").click().run()
    assert words in told(at) and "**1 · " in told(at)


def test_nothing_at_all_tells_the_next_step(app: Callable, empty_world) -> None:
    assert "ferkit train" in told(app(empty_world, "photo"))


@pytest.fixture
def classifier(gray_world, monkeypatch: pytest.MonkeyPatch):
    from ferkit.predict.classifier import Classifier
    from ferkit.runs import open_run

    gray_world.enter(monkeypatch)
    return Classifier.open(open_run("alpha"))


def test_a_reading_keeps_the_order_of_the_boxes(classifier) -> None:
    boxes, colours = [Box(170, 60, 110, 110, 0.9), Box(0, 0, 60, 80, 0.5)], dict.fromkeys(classifier.classes, "#808080")
    reading = read(data.astronaut(), boxes, classifier, colours, 0.1)
    assert [face.reading.box for face in reading.faces] == boxes
    for face in reading.faces:
        assert (
            face.probabilities.sum() == pytest.approx(1)
            and face.reading.emotion == classifier.classes[face.probabilities.argmax()]
        )
        assert (
            face.strip.shape[2] == 4
            and face.steps[0] == "box"
            and face.steps[-1] == f"Grad-CAM for {face.reading.emotion}"
        )
    alone = read(data.astronaut(), boxes[:1], classifier, colours, 0.1).faces[0]
    np.testing.assert_allclose(alone.probabilities, reading.faces[0].probabilities, atol=1e-5)


def test_the_picture_as_shown_has_the_box_in_its_place(classifier) -> None:
    large = cv2.resize(data.astronaut(), (3000, 3000))
    reading = read(
        reduce(large, 1920),
        [Box(600, 600, 400, 400, 1.0)],
        classifier,
        dict.fromkeys(classifier.classes, "#00ff00"),
        0.1,
    )
    shown = cv2.cvtColor(
        cv2.imdecode(np.frombuffer(reading.shown, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB
    ).astype(int)
    assert reading.size == (1280, 1280) == shown.shape[:2]
    green = (shown[..., 1] > 200) & (shown[..., 0] < 90) & (shown[..., 2] < 90)
    rows, columns = np.flatnonzero(green.any(1)), np.flatnonzero(green.any(0))
    assert (rows[0], columns[0]) == pytest.approx((400, 400), abs=6) and (rows[-1], columns[-1]) == pytest.approx(
        (666, 666), abs=6
    )


def test_the_whole_box_is_the_square_in_the_middle() -> None:
    assert whole_box(np.zeros((90, 160, 3), np.uint8)) == Box(35, 0, 90, 90, 0.0)


def face(emotion: str, x: int = 0, side: int = 200) -> FaceReading:
    return FaceReading(
        Box(x, 100, side, side, 1.0), emotion, {name: 0.8 if name == emotion else 0.1 for name in COLOURS}
    )


def test_the_sentence_counts_faces() -> None:
    def reading(*emotions: str) -> PhotoReading:
        seen = [SeenFace(face(emotion), np.empty(0), (), np.empty(0)) for emotion in emotions]
        return PhotoReading(b"", (1, 1), tuple(seen))

    assert say(reading("calm")) == "**calm**, 80% sure; next comes cross with 10%."
    assert say(reading("calm", "cross", "cross")) == "**3 faces**: 2 cross, 1 calm."


def test_numbered_boxes_lose_their_words_in_a_crowd() -> None:
    wide, crowd = np.full((480, 900, 3), 128, np.uint8), np.full((480, 900, 3), 128, np.uint8)
    draw_boxes(wide, [face("calm"), face("cross", 400)], COLOURS)
    draw_boxes(crowd, [face("calm", 100 * i, 18) for i in range(8)], COLOURS)
    assert (wide == (0x10, 0xC0, 0x20)).all(-1).any() and (wide == (0xE0, 0x10, 0x10)).all(-1).any()
    words, number = (
        (picture[76] == 32).all(-1).sum() / faces for picture, faces in ((wide, 2), (crowd, 8))
    )  # width of the dark behind
    assert words > 2 * number > 0
