import cv2
import numpy as np
import pytest
from skimage import data

from ferkit.errors import ConfigError
from ferkit.faces import Box, Detector
from ferkit.faces.detect import Haar
from ferkit.predict import live as live_module
from ferkit.predict.live import Live
from tests.predict.stubs import Fixed, Stub

CLASSES = ("calm", "Überrascht", "cross")
COLOURS = {"calm": "#10c020", "Überrascht": "#2040f0", "cross": "#e01010"}


def always(*rows: tuple[float, ...]) -> Stub:
    return Stub(CLASSES, lambda crops: np.array(rows[: len(crops)]), size=32)


def stream(detector: Detector, classifier: Stub, smoothing: float = 0.0) -> Live:
    return Live(classifier, COLOURS, detector, smoothing)


def count(rgb: np.ndarray, colour: str) -> int:
    return int((rgb == np.frombuffer(bytes.fromhex(colour[1:]), np.uint8)).all(-1).sum())


@pytest.fixture
def frame() -> np.ndarray:
    return np.full((480, 640, 3), 128, np.uint8)


def test_a_frame_of_the_astronaut_is_read_and_left_untouched() -> None:
    frame = cv2.resize(data.astronaut(), (640, 480))
    before = frame.copy()
    shown, reading = stream(Haar(), always((0.2, 0.7, 0.1))).annotate(frame)
    np.testing.assert_array_equal(frame, before)
    assert shown.shape == frame.shape and shown.dtype == np.uint8 and (shown != frame).any()
    (face,) = reading.faces
    assert face.label == "Überrascht" and face.by_class == {"calm": 0.2, "Überrascht": 0.7, "cross": 0.1}
    assert 200 < face.box.x < 250 and 30 < face.box.y < 80
    assert count(shown, COLOURS["Überrascht"]) > 500


@pytest.mark.parametrize(("channels", "shape"), [(1, (32, 32)), (3, (32, 32, 3))])
def test_the_network_gets_all_crops_of_a_frame_at_once(
    frame: np.ndarray, channels: int, shape: tuple[int, ...]
) -> None:
    calls: list[tuple[int, ...]] = []

    def predict(crops: np.ndarray) -> np.ndarray:
        calls.append(crops.shape)
        return np.full((len(crops), 3), 1 / 3)

    classifier = Stub(CLASSES, predict, size=32, channels=channels)
    stream(Fixed(Box(10, 60, 90, 90, 1), Box(400, 60, 80, 80, 1)), classifier).annotate(frame)
    assert calls == [(2, *shape)]


def test_without_a_face_nothing_is_predicted_and_the_frame_says_so(frame: np.ndarray) -> None:
    shown, reading = stream(Fixed(), Stub(CLASSES, lambda crops: pytest.fail("called for no face"))).annotate(frame)
    assert reading.faces == () and shown.shape == frame.shape
    assert (shown != frame).any(-1)[:40, :300].any() and (shown[40:] == frame[40:]).all()


def test_bars_are_as_long_as_the_probabilities(frame: np.ndarray) -> None:
    shown, _ = stream(Fixed(Box(100, 100, 120, 120, 1)), always((0.1, 0.3, 0.6))).annotate(frame)
    bars = shown[:, 226:]  # right of the box, whose own colour is that of the likeliest
    drawn = np.array([count(bars, COLOURS[name]) for name in CLASSES])
    np.testing.assert_allclose(drawn / drawn.sum(), [0.1, 0.3, 0.6], atol=0.02)


def test_many_faces_get_divided_bars_and_a_key(frame: np.ndarray) -> None:
    four_faces = Fixed(*(Box(20 + 150 * i, 120, 140, 140, 1) for i in range(4)))
    shown, reading = stream(four_faces, always(*[(0.25, 0.25, 0.5)] * 4)).annotate(frame)
    assert len(reading.faces) == 4 and len({face.track for face in reading.faces}) == 4
    under = shown[264, 22:158]
    assert count(under[None], COLOURS["calm"]) == pytest.approx(34, abs=4) and count(
        under[None], COLOURS["cross"]
    ) == pytest.approx(70, abs=4)
    assert all(count(shown[450:], COLOURS[name]) for name in CLASSES)


def test_smoothing_changes_while_running(frame: np.ndarray) -> None:
    answers = iter([(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, 1.0)])
    classifier = Stub(CLASSES, lambda crops: np.array([next(answers)]))
    running = stream(Fixed(Box(50, 50, 100, 100, 1)), classifier, smoothing=0.8)
    running.annotate(frame)
    _, second = running.annotate(frame)
    assert second.faces[0].label == "calm" and second.faces[0].by_class["cross"] == pytest.approx(0.2)
    running.smoothing = 0
    assert running.annotate(frame)[1].faces[0].label == "cross"


def test_the_rate_is_that_of_the_frames_and_forgets_a_pause(frame: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.05, 0.10, 0.15, 60.0, 60.1])
    monkeypatch.setattr(live_module.time, "perf_counter", lambda: next(clock))
    running = stream(Fixed(), always())
    rates = [running.annotate(frame)[1].fps for _ in range(6)]
    assert rates == pytest.approx([0, 20, 20, 20, 0, 10])


def test_a_class_without_a_colour_is_named() -> None:
    with pytest.raises(ConfigError, match="got none for cross"):
        Live(always(), {"calm": "#000000", "Überrascht": "#ffffff"}, Fixed())
