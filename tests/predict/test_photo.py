"""One reading for everybody: what counts as a face, what is cropped, what comes back."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from ferkit import images
from ferkit.errors import ConfigError, MediaError
from ferkit.faces import LIVE, MARGIN, Box, square_crop, to_network
from ferkit.faces.detect import Haar
from ferkit.predict import Classifier, FaceReading, read
from ferkit.predict.photo import HARDLY_LARGER, middle
from ferkit.runs import open_run
from tests.predict.stubs import Fixed, Stub
from tests.test_images import encoded
from tests.worlds import World

CLASSES = ("calm", "cross")
BOX = Box(170, 60, 110, 110, 0.9)


def mean_level(faces: np.ndarray) -> np.ndarray:
    """Brighter faces are calmer."""
    calm = faces.reshape(len(faces), -1).mean(1) / 255
    return np.stack([calm, 1 - calm], 1)


@pytest.fixture
def classifier(gray_world: World, monkeypatch: pytest.MonkeyPatch) -> Classifier:
    gray_world.enter(monkeypatch)
    return Classifier.open(open_run("alpha"))


def test_bytes_a_path_and_pixels_give_the_same(tmp_path: Path) -> None:
    content = encoded(data.astronaut(), "JPEG", quality=90)
    (tmp_path / "a.jpg").write_bytes(content)
    photos = (content, tmp_path / "a.jpg", images.open_photo(content))
    first, *others = (read(photo, Stub(CLASSES, mean_level), Haar()) for photo in photos)
    assert (first.width, first.height, first.method, first.detector) == (512, 512, "detected", "Haar cascade")
    for other in others:
        assert other.faces[0].box == first.faces[0].box
        np.testing.assert_array_equal(other.faces[0].crop, first.faces[0].crop)
        np.testing.assert_array_equal(other.faces[0].probabilities, first.faces[0].probabilities)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("gray", [True, False])
def test_a_gray_photo_suits_a_colour_network_and_the_other_way_round(channels: int, gray: bool) -> None:
    photo = cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2GRAY) if gray else data.astronaut()
    (face,) = read(photo, Stub(CLASSES, mean_level, 24, channels), Fixed(BOX)).faces
    assert face.crop is not None and face.crop.shape == ((24, 24) if channels == 1 else (24, 24, 3))
    np.testing.assert_array_equal(face.crop, to_network(square_crop(photo, BOX), 24, channels))


def test_a_face_is_cut_out_of_the_photo_as_it_is() -> None:
    large = cv2.resize(data.astronaut(), (4000, 4000), interpolation=cv2.INTER_CUBIC)
    reading = read(large, Stub(CLASSES, mean_level), Haar())
    (face,) = reading.faces
    assert reading.width == 4000 and face.box.w > 600
    np.testing.assert_array_equal(face.crop, to_network(square_crop(large, face.box, MARGIN), 24, 1))


def test_a_photo_without_a_face_has_no_face() -> None:
    reading = read(np.full((90, 160, 3), 200, np.uint8), Stub(CLASSES, mean_level), Haar())
    assert reading.faces == () and reading.method == "detected"


@pytest.mark.parametrize(("larger", "faces"), [(0, 1), (HARDLY_LARGER, 1), (HARDLY_LARGER + 1, 0)])
def test_a_photo_hardly_larger_than_the_input_is_a_face_already_cut_out(larger: int, faces: int) -> None:
    side = 24 + larger
    reading = read(np.full((side, side), 90, np.uint8), Stub(CLASSES, mean_level), Fixed())
    assert len(reading.faces) == faces
    if faces:
        assert reading.method == "whole image" and reading.faces[0].box == Box(0, 0, side, side, 0.0)


def test_the_whole_image_can_be_taken_without_looking_for_a_face() -> None:
    detector = Fixed(BOX)
    reading = read(np.full((90, 160, 3), 200, np.uint8), Stub(CLASSES, mean_level), detector, whole_image=True)
    assert detector.shapes == [] and reading.method == "whole image" and reading.margin == 0
    assert [face.box for face in reading.faces] == [Box(35, 0, 90, 90, 0.0)]


def test_boxes_found_before_are_not_looked_for_again() -> None:
    detector = Fixed()
    reading = read(data.astronaut(), Stub(CLASSES, mean_level), detector, boxes=[BOX], effort=LIVE)
    assert detector.shapes == [] and [face.box for face in reading.faces] == [BOX]


def test_an_explained_reading_has_the_same_numbers_and_a_map_a_face(classifier: Classifier) -> None:
    boxes = [BOX, Box(0, 0, 60, 80, 0.5)]
    plain = read(data.astronaut(), classifier, Fixed(), boxes=boxes)
    explained = read(data.astronaut(), classifier, Fixed(), boxes=boxes, explain=True)
    assert [face.box for face in explained.faces] == boxes
    for face, other in zip(explained.faces, plain.faces, strict=True):
        np.testing.assert_allclose(face.probabilities, other.probabilities, atol=1e-6)
        assert face.probabilities.sum() == pytest.approx(1) and other.heat is None
        assert face.label == face.classes[int(face.probabilities.argmax())] and face.confidence == max(
            face.by_class.values()
        )
        assert face.heat is not None and 0 <= face.heat.min() <= face.heat.max() <= 1


def test_a_margin_is_used_and_checked() -> None:
    (face,) = read(data.astronaut(), Stub(CLASSES, mean_level), Fixed(BOX), margin=0.5).faces
    np.testing.assert_array_equal(face.crop, to_network(square_crop(data.astronaut(), BOX, 0.5), 24, 1))
    with pytest.raises(ConfigError, match=r"a margin from -0\.5 to 2"):
        read(data.astronaut(), Stub(CLASSES, mean_level), Fixed(BOX), margin=-1)


@pytest.mark.parametrize(
    "photo",
    [
        np.zeros((9, 9)),
        np.zeros((0, 9), np.uint8),
        np.zeros((9, 9, 4), np.uint8),
        np.zeros((2, 9, 9, 3), np.uint8),
        np.zeros(9, np.uint8),
        b"no photo",
        Path("missing.jpg"),
    ],
    ids=["float", "empty", "four channels", "a stack", "flat", "words", "missing"],
)
def test_a_file_that_is_not_a_photo_is_refused_with_one_message(photo: bytes | Path | np.ndarray) -> None:
    with pytest.raises(MediaError, match=r"^Expected a "):
        read(photo, Stub(CLASSES, mean_level), Fixed(BOX))


def test_the_middle_is_the_largest_square() -> None:
    assert middle(np.zeros((90, 160, 3), np.uint8)) == Box(35, 0, 90, 90, 0.0)


def test_a_face_knows_its_label_and_confidence() -> None:
    face = FaceReading(BOX, CLASSES, np.array([0.25, 0.75]))
    assert face.label == "cross" and face.confidence == 0.75 and face.by_class == {"calm": 0.25, "cross": 0.75}


def test_readings_come_without_torch() -> None:
    script = "import sys, ferkit.predict; ferkit.predict.read; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"


def test_mirror_images_are_averaged() -> None:
    """A network that looks at the left half alone."""

    def left(faces: np.ndarray) -> np.ndarray:
        return mean_level(faces[:, :, : faces.shape[2] // 2])

    stub, photo = Stub(CLASSES, left), data.astronaut()
    (plain,) = read(photo, stub, Fixed(BOX)).faces
    (turned,) = read(np.ascontiguousarray(photo[:, ::-1]), stub, Fixed(Box(512 - 280, 60, 110, 110, 0.9))).faces
    (both,) = read(photo, stub, Fixed(BOX), mirror=True).faces
    np.testing.assert_allclose(both.probabilities, (plain.probabilities + turned.probabilities) / 2, atol=0.01)
    assert not np.allclose(both.probabilities, plain.probabilities) and both.probabilities.sum() == pytest.approx(1)


def test_the_map_of_a_mirrored_reading_is_that_of_its_answer(classifier: Classifier) -> None:
    (face,) = read(data.astronaut(), classifier, Fixed(BOX), explain=True, mirror=True).faces
    answer = np.array([classifier.classes.index(face.label)])
    assert face.crop is not None and face.heat is not None
    np.testing.assert_allclose(face.heat, classifier.explain(face.crop[None], answer)[0], atol=2e-3)
