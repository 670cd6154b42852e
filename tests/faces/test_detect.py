import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from skimage import data

from ferkit.errors import ConfigError, MediaError
from ferkit.faces import LIVE, PHOTO, Box, Detector, Effort, detector
from ferkit.faces.detect import Haar, YuNet, _suppress


@pytest.fixture(autouse=True)
def nothing_brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FERKIT_YUNET", raising=False)
    monkeypatch.setenv("FERKIT_DATA", str(tmp_path / "data"))


@pytest.fixture(scope="module")
def haar() -> Haar:
    return Haar()


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return data.astronaut()


class Scripted(Detector):
    """Answers with fixed boxes in pixels of the searched copy."""

    name = "scripted"

    def __init__(self, rows: Callable[[np.ndarray], list[Any]]) -> None:
        super().__init__()
        self.rows = rows

    def _find(self, rgb: np.ndarray, effort: Effort, strict: bool) -> np.ndarray:
        rows = np.array(self.rows(rgb), float)
        return rows.reshape(-1, rows.shape[-1] if rows.size else 5)


def is_her_face(box: Box, scale: float = 1.0) -> bool:
    """Her nose, at (224, 125) in a face about 105 pixels wide."""
    x, y = (box.x + box.w / 2) / scale, (box.y + box.h / 2) / scale
    return abs(x - 224) < 12 and abs(y - 115) < 20 and 75 < box.w / scale < 140


@pytest.mark.parametrize("effort", [PHOTO, LIVE], ids=["photo", "live"])
@pytest.mark.parametrize("scale", [1.0, 4.0])
def test_the_astronauts_face_is_found_where_it_is(
    haar: Haar, astronaut: np.ndarray, effort: Effort, scale: float
) -> None:
    picture = cv2.resize(astronaut, None, fx=scale, fy=scale)
    (box,) = haar.detect(picture, effort)
    assert is_her_face(box, scale) and 0 < box.score <= 1


def test_the_second_pass_finds_a_face_that_fills_a_small_picture(haar: Haar, astronaut: np.ndarray) -> None:
    face = cv2.resize(astronaut[76:157, 184:264], (48, 48), interpolation=cv2.INTER_AREA)
    assert haar.detect(face, LIVE) == []
    (box,) = haar.detect(face)
    assert box.x >= 0 and box.y >= 0 and box.x + box.w <= 48 and box.y + box.h <= 48 and box.w > 30


def test_landmarks_are_moved_back_with_their_box_in_both_passes() -> None:
    """The second pass searches a copy with a frame around it, here of 50 pixels."""
    points = ((30, 40), (50, 40), (40, 50), (33, 60), (47, 60))
    found = np.array([20, 30, 40, 40, 0.9, *np.ravel(points)])
    frame = np.array([50, 50, 0, 0, 0, *[50] * 10])
    picture = np.zeros((200, 200, 3), np.uint8)
    (first,) = Scripted(lambda rgb: [found]).detect(picture)
    (second,) = Scripted(lambda rgb: [] if len(rgb) == 200 else [found + frame]).detect(picture)
    assert first == second == Box(20, 30, 40, 40, 0.9, points)


def test_no_face_in_noise_and_drawings(haar: Haar) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), dtype=np.uint8)
    drawing = np.full((300, 400, 3), 230, np.uint8)
    cv2.rectangle(drawing, (40, 40), (200, 180), (30, 90, 200), -1)
    cv2.line(drawing, (0, 299), (399, 0), (0, 0, 0), 5)
    for picture in (noise, drawing, np.zeros((100, 100, 3), np.uint8)):
        assert haar.detect(picture) == [] and haar.detect(picture, LIVE) == []


@pytest.mark.parametrize("shape", [(1, 1, 3), (40_000, 1, 3), (3, 3000, 3)])
def test_pictures_of_odd_shapes_have_no_face(haar: Haar, shape: tuple[int, ...]) -> None:
    assert haar.detect(np.zeros(shape, np.uint8)) == []


def test_another_array_is_refused(haar: Haar) -> None:
    for array in (np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3)), np.zeros((0, 9, 3), np.uint8)):
        with pytest.raises(MediaError, match="Expected a uint8 RGB image"):
            haar.detect(array)


def test_the_picture_is_left_as_it_was(haar: Haar, astronaut: np.ndarray) -> None:
    before = astronaut.copy()
    haar.detect(astronaut)
    np.testing.assert_array_equal(astronaut, before)


def test_boxes_are_mapped_back_clipped_and_largest_first() -> None:
    finder = Scripted(lambda rgb: [[0, 0, 10, 10, 0.9], [300, 220, 60, 60, 0.8], [-9, 99, 30, 30, 0.7]])
    boxes = finder.detect(np.zeros((480, 640, 3), np.uint8), LIVE)  # searched at half its size
    assert [(b.x, b.y, b.w, b.h) for b in boxes] == [(0, 198, 42, 60), (600, 440, 40, 40), (0, 0, 20, 20)]


def test_two_findings_of_one_face_become_the_better_one() -> None:
    rows = np.array([[0, 0, 40, 40, 0.5], [2, 2, 40, 40, 0.9], [10, 10, 15, 15, 0.8], [60, 0, 40, 40, 0.6]])
    assert [row[4] for row in _suppress(rows)] == [0.9, 0.6]


def test_one_detector_serves_many_threads(haar: Haar, astronaut: np.ndarray) -> None:
    results: list[list[Box]] = []
    threads = [threading.Thread(target=lambda: results.append(haar.detect(astronaut, LIVE))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6 and all(boxes == results[0] for boxes in results) and is_her_face(results[0][0])


def test_haar_is_chosen_when_no_file_is_there() -> None:
    assert detector().name == "Haar cascade"


def test_a_broken_or_missing_yunet_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "data" / "models" / "my_YuNet.onnx"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no network")
    with pytest.raises(ConfigError, match=r"Expected YuNet's ONNX file, got my_YuNet\.onnx"):
        detector()
    monkeypatch.setenv("FERKIT_YUNET", str(tmp_path / "gone.onnx"))
    with pytest.raises(ConfigError, match=r"FERKIT_YUNET names gone\.onnx"):
        detector()


def test_yunet_is_taken_from_the_variable_or_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenCV's network is replaced by a stub: its file comes from the user and is not part of this project."""
    made: list[str] = []

    class Net:
        def setInputSize(self, size: tuple[int, int]) -> None:
            self.size = size

        def setScoreThreshold(self, value: float) -> None:
            self.threshold = value

        def detect(self, bgr: np.ndarray) -> tuple[int, np.ndarray | None]:
            if bgr.shape[:2] != (240, 320):
                return 0, None
            assert self.size == (320, 240) and bgr[0, 0].tolist() == [3, 2, 1]
            rows = np.zeros((2, 15), np.float32)
            rows[0, [0, 1, 2, 3, 14]] = 10, 20, 30, 40, 0.9
            rows[0, 4:14] = 17, 32, 33, 32, 25, 41, 19, 50, 31, 50
            rows[1, [0, 1, 2, 3, 14]] = 0, np.inf, 30, 40, 0.8
            return 1, rows

    def create(path: str, config: str, size: tuple[int, int]) -> Net:
        made.append(Path(path).name)
        return Net()

    monkeypatch.setattr(cv2.FaceDetectorYN, "create", create)
    for path in (tmp_path / "data" / "models" / "face_detection_yunet.onnx", tmp_path / "other.onnx"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    finder = detector()
    assert finder.name == "YuNet"
    picture = np.full((480, 640, 3), (1, 2, 3), np.uint8)
    landmarks = ((34, 64), (66, 64), (50, 82), (38, 100), (62, 100))
    assert finder.detect(picture, LIVE) == [Box(20, 40, 60, 80, pytest.approx(0.9), landmarks)]
    monkeypatch.setenv("FERKIT_YUNET", str(tmp_path / "other.onnx"))
    detector()
    assert made == ["face_detection_yunet.onnx", "other.onnx"]


class Enlarged(YuNet):
    """A network that sees one face, in a copy of more than 400 pixels alone."""

    def __init__(self) -> None:
        Detector.__init__(self)
        self.searched: list[tuple[int, ...]] = []

    def _find(self, rgb: np.ndarray, effort: Effort, strict: bool) -> np.ndarray:
        self.searched.append(rgb.shape[:2])
        return np.array([[10.0, 20, 40, 60, 0.9]])[: int(max(rgb.shape) > 400)]


def test_a_photo_is_also_searched_twice_as_large_for_small_faces() -> None:
    network, photo = Enlarged(), np.zeros((240, 320, 3), np.uint8)
    assert network.detect(photo) == [Box(5, 10, 20, 30, 0.9)]
    assert network.searched == [(240, 320), (480, 640)]
    assert network.detect(photo, LIVE) == [] and network.searched[2:] == [(240, 320)]
    network.searched.clear()
    network.detect(np.zeros((3000, 4000, 3), np.uint8))
    assert network.searched == [(480, 640), (960, 1280)]
