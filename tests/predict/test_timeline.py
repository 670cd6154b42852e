"""A film read face by face: who is where, smoothing, cuts, summaries."""

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import pytest

from ferkit.errors import MediaError
from ferkit.faces import Box, Detector, Effort
from ferkit.faces.detect import Haar
from ferkit.predict import video as films
from ferkit.predict.timeline import ends, peaks, people, smoothed, table
from ferkit.predict.video import FACE, Reader, VideoReading, read
from ferkit.videos import Writer
from tests.frames import RATE, astronaut, astronaut_film, film

CLASSES = ("calm", "cross")


def reader(predict: Callable[[np.ndarray], np.ndarray], channels: int = 1) -> Reader:
    return Reader(predict, CLASSES, 24, channels)


def calm(faces: np.ndarray) -> np.ndarray:
    return np.tile([0.9, 0.1], (len(faces), 1))


class Script(Detector):
    """Answers frame after frame with what it was given."""

    name = "script"

    def __init__(self, *frames: list[Box]) -> None:
        super().__init__()
        self.frames = list(frames)

    def detect(self, rgb: np.ndarray, effort: Effort = films.FILM) -> list[Box]:
        return self.frames.pop(0) if self.frames else []


def gray(level: int, seconds: float) -> list[np.ndarray]:
    return [np.full((96, 128, 3), level, np.uint8)] * round(seconds * RATE)


LEFT, RIGHT = Box(4, 10, 40, 40, 1.0), Box(80, 10, 40, 40, 1.0)


def made(probabilities: list[list[float]], times: list[float], faces: list[int]) -> VideoReading:
    rows = pd.DataFrame({"time": times, "face": faces, "x": 0, "y": 0, "w": 9, "h": 9})
    return VideoReading(
        b"", 96, 96, times[-1], True, CLASSES, np.unique(times), rows, np.array(probabilities), (b"",) * len(times)
    )


@pytest.mark.parametrize(("channels", "shape"), [(1, (1, 24, 24)), (3, (1, 24, 24, 3))])
def test_a_moving_face_stays_one_face(channels: int, shape: tuple[int, ...]) -> None:
    seen = []

    def predict(faces: np.ndarray) -> np.ndarray:
        seen.append(faces.shape)
        return calm(faces)

    told: list[tuple[float, float]] = []
    got = read(astronaut_film(2), reader(predict, channels), Haar(), progress=lambda *one: told.append(one))
    assert set(got.rows["face"]) == {1} and 17 <= len(got.rows) <= 21 and set(seen) == {shape}
    assert got.seconds == pytest.approx(2, abs=0.1) and got.whole and (got.width, got.height) == (320, 240)
    assert got.rows["x"].iloc[-1] - got.rows["x"].iloc[0] == pytest.approx(80, abs=12)
    crops = [cv2.imdecode(np.frombuffer(crop, np.uint8), cv2.IMREAD_COLOR) for crop in got.crops]
    assert len(crops) == len(got.rows) and all(crop.shape == (FACE, FACE, 3) and crop.std() > 20 for crop in crops)
    assert np.diff(got.rows["time"]).min() > 0.09 and [one[0] for one in told] == sorted(one[0] for one in told)


def test_the_whole_frame_can_be_the_face() -> None:
    got = read(film([astronaut()] * RATE), reader(calm), Script(), whole=True)
    assert set(got.rows["face"]) == {1} and tuple(got.rows.loc[0, ["x", "y", "w", "h"]]) == (40, 0, 240, 240)


def test_two_faces_are_told_apart_and_a_short_one_is_dropped() -> None:
    detector = Script([LEFT, RIGHT], [RIGHT, LEFT], [LEFT], [LEFT, Box(50, 60, 20, 20, 1.0)])
    got = read(film(gray(90, 0.5)), reader(calm), detector)
    assert got.rows["face"].tolist() == [1, 1, 1, 1]
    assert got.rows["x"].tolist() == [LEFT.x] * 4


@pytest.mark.parametrize(("n", "rate"), [(1, 20), (2, 1), (3, 20)])
def test_a_face_of_a_very_short_video_is_kept(n: int, rate: int) -> None:
    writer = Writer(128, 96, rate)
    for i in range(n):
        writer.write(i / rate, gray(90, 1)[0])
    got = read(writer.close(), reader(calm), Script(*[[LEFT]] * 3))
    assert set(got.rows["face"]) == {1} and len(people(got)) == 1


@pytest.mark.parametrize("rate", [15, 24, 25, 30, 60])
def test_ten_times_a_second_is_ten_times_a_second(rate: int) -> None:
    writer = Writer(128, 96, rate)
    for i in range(2 * rate):
        writer.write(i / rate, gray(90, 1)[0])
    assert len(read(writer.close(), reader(calm), Script()).times) == 20


def test_a_reading_holds_until_the_next_one_or_until_the_face_was_not_found() -> None:
    got = replace(
        made([[1, 0]] * 5, [0.0, 0.1, 0.4, 2.0, 2.1], [1, 1, 1, 1, 2]), times=np.arange(0, 2.3, 0.1).round(1)
    )  # gone at 0.2 and 0.3, then for long
    np.testing.assert_allclose(ends(got), [0.1, 0.4, 0.5, 2.1, 2.2])
    last = replace(got, times=np.arange(0, 2.2, 0.1).round(1))
    np.testing.assert_allclose(ends(last)[-1], np.inf)


def test_a_cut_begins_new_faces() -> None:
    got = read(film(gray(20, 0.5) + gray(220, 0.5)), reader(calm), Script(*[[LEFT]] * 10))
    assert got.rows["face"].tolist() == [1] * 5 + [2] * 5


def test_nobody_there_is_no_row() -> None:
    got = read(film(gray(90, 0.5)), reader(calm), Script())
    assert not len(got.rows) and not people(got) and not peaks(got) and not len(table(got)) and len(got.shown) > 500
    assert got.probabilities.shape == (0, 2) and got.crops == () and len(ends(got)) == 0 and len(got.times) == 5


def test_smoothing_is_a_gaussian_over_the_own_face() -> None:
    got = made([[1, 0], [0, 1], [1, 0], [0, 1]], [0.0, 0.0, 0.3, 0.6], [1, 2, 1, 1])
    weights = np.exp(-0.5 * np.array([0.0, 1.0, 2.0]) ** 2)
    expected = weights @ [[1, 0], [1, 0], [0, 1]] / weights.sum()
    np.testing.assert_allclose(smoothed(got, 0.3)[0], expected)
    np.testing.assert_allclose(smoothed(got, 0.3)[1], [0, 1])
    np.testing.assert_allclose(smoothed(got, 0), got.probabilities)


def test_people_and_peaks_and_the_table() -> None:
    got = made(
        [[0.6, 0.4], [0.2, 0.8], [0.9, 0.1], [0.3, 0.7]], [0.0, 10.0, 20.0, 30.0], [1, 2, 2, 2]
    )  # too far apart to smooth
    second, first = people(got)
    assert (second.face, second.begin, second.end) == (2, 10.0, 30.0) and (first.face, first.end) == (1, 0.0)
    np.testing.assert_allclose(second.shares, [1.4 / 3, 1.6 / 3])
    assert second.row == 1 and first.row == 0
    assert peaks(got) == [("calm", 2), ("cross", 1)]
    assert table(got).columns.tolist() == ["time", "face", "x", "y", "w", "h", "emotion", *CLASSES]
    assert table(got)["emotion"].tolist() == ["calm", "cross", "calm", "cross"]


def test_a_long_one_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(films, "MAX_SECONDS", 0.5)
    got = read(film(gray(90, 0.8)), reader(calm), Script())
    assert not got.whole and got.seconds == 0.5 and got.times.max() < 0.5
    assert read(film(gray(90, 0.5)), reader(calm), Script()).whole


def test_what_is_no_video_is_refused() -> None:
    with pytest.raises(MediaError, match="Expected an MP4"):
        read(b"no video", reader(calm), Script())
