"""A video read face by face: tracks, cuts, budgets."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from ferkit.errors import ConfigError, MediaError
from ferkit.faces import Box
from ferkit.faces.detect import Haar
from ferkit.predict import photo
from ferkit.predict import video as module
from ferkit.predict.timeline import hold_until, peaks, table, tracks
from ferkit.predict.video import EFFORT, SIDE, THUMBNAIL, read, thumbnail
from ferkit.videos import Budget, Writer, frame_at, open_video
from tests.frames import RATE, astronaut, astronaut_video, video
from tests.predict.stubs import Fixed, Stub
from tests.test_videos import coded

CLASSES = ("calm", "cross")


def stub(predict: Callable[[np.ndarray], np.ndarray], channels: int = 1) -> Stub:
    return Stub(CLASSES, predict, 24, channels)


def calm(faces: np.ndarray) -> np.ndarray:
    return np.tile([0.9, 0.1], (len(faces), 1))


def gray(level: int, seconds: float) -> list[np.ndarray]:
    return [np.full((96, 128, 3), level, np.uint8)] * round(seconds * RATE)


LEFT, RIGHT = Box(4, 10, 40, 40, 1.0), Box(80, 10, 40, 40, 1.0)


@pytest.mark.parametrize(("channels", "shape"), [(1, (1, 24, 24)), (3, (1, 24, 24, 3))])
def test_a_moving_face_stays_one_face(channels: int, shape: tuple[int, ...]) -> None:
    seen = []

    def predict(faces: np.ndarray) -> np.ndarray:
        seen.append(faces.shape)
        return calm(faces)

    progress: list[tuple[float, float]] = []
    got = read(astronaut_video(2), stub(predict, channels), Haar(), progress=lambda *step: progress.append(step))
    assert set(got.rows["face"]) == {1} and 17 <= len(got.rows) <= 21 and set(seen) == {shape}
    assert got.seconds == pytest.approx(2, abs=0.1) and not got.stopped and (got.width, got.height) == (320, 240)
    assert got.rows["x"].iloc[-1] - got.rows["x"].iloc[0] == pytest.approx(80, abs=12)
    crops = [cv2.imdecode(np.frombuffer(crop, np.uint8), cv2.IMREAD_COLOR) for crop in got.thumbnails]
    assert len(crops) == len(got.rows) and all(
        crop.shape == (THUMBNAIL, THUMBNAIL, 3) and crop.std() > 20 for crop in crops
    )
    assert np.diff(got.rows["time"]).min() > 0.09 and progress == sorted(progress)


def test_the_whole_frame_can_be_the_face() -> None:
    got = read(video([astronaut()] * RATE), stub(calm), Fixed(frames=[]), whole_image=True)
    assert set(got.rows["face"]) == {1} and tuple(got.rows.loc[0, ["x", "y", "w", "h"]]) == (40, 0, 240, 240)


def test_two_faces_are_distinguished_and_a_short_track_is_dropped() -> None:
    detector = Fixed(frames=[[LEFT, RIGHT], [RIGHT, LEFT], [LEFT], [LEFT, Box(50, 60, 20, 20, 1.0)]])
    got = read(video(gray(90, 0.5)), stub(calm), detector)
    assert got.rows["face"].tolist() == [1, 1, 1, 1]
    assert got.rows["x"].tolist() == [LEFT.x] * 4


@pytest.mark.parametrize(("n", "rate"), [(1, 20), (2, 1), (3, 20)])
def test_a_face_of_a_very_short_video_is_kept(n: int, rate: int) -> None:
    writer = Writer(128, 96, rate)
    for i in range(n):
        writer.write(i / rate, gray(90, 1)[0])
    got = read(writer.close(), stub(calm), Fixed(frames=[[LEFT]] * 3))
    assert set(got.rows["face"]) == {1} and len(tracks(got)) == 1


@pytest.mark.parametrize("rate", [15, 24, 25, 30, 60])
def test_ten_times_a_second_is_ten_times_a_second(rate: int) -> None:
    writer = Writer(128, 96, rate)
    for i in range(2 * rate):
        writer.write(i / rate, gray(90, 1)[0])
    assert len(read(writer.close(), stub(calm), Fixed(frames=[])).times) == 20


def test_a_cut_begins_new_faces() -> None:
    got = read(video(gray(20, 0.5) + gray(220, 0.5)), stub(calm), Fixed(frames=[[LEFT]] * 10))
    assert got.rows["face"].tolist() == [1] * 5 + [2] * 5


def test_no_face_gives_no_row() -> None:
    got = read(video(gray(90, 0.5)), stub(calm), Fixed(frames=[]))
    assert not len(got.rows) and not tracks(got) and not peaks(got) and not len(table(got)) and len(got.mp4) > 500
    assert (
        got.probabilities.shape == (0, 2) and got.thumbnails == () and len(hold_until(got)) == 0 and len(got.times) == 5
    )


@pytest.mark.parametrize(("rate", "frames"), [(1, 2), (5, 10), (10, 20), (0, 40)])
def test_as_many_frames_are_read_as_were_asked_for(rate: float, frames: int) -> None:
    got = read(video(gray(90, 2)), stub(calm), Fixed(LEFT), rate=rate)
    assert len(got.times) == frames and got.seconds == pytest.approx(2, abs=0.1)
    assert np.diff(got.times) == pytest.approx(1 / rate if rate else 1 / RATE, abs=0.06)


def test_a_clock_that_runs_on_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST", 0.5)
    got = read(video(gray(90, 0.8)), stub(calm), Fixed(frames=[]))
    assert "hours were read" in got.stopped and got.times.max() <= 0.5
    assert not read(video(gray(90, 0.5)), stub(calm), Fixed(frames=[])).stopped


def test_a_negative_rate_is_refused() -> None:
    with pytest.raises(ConfigError, match="frames per second"):
        read(video(gray(90, 0.5)), stub(calm), Fixed(frames=[]), rate=-1)


def test_what_browsers_play_is_played_as_it_is_and_anything_else_is_copied() -> None:
    content = video(gray(90, 0.5))
    assert read(content, stub(calm), Fixed(frames=[])).mp4 == content
    assert read(content, stub(calm), Fixed(frames=[]), copy=False).mp4 == b""
    old = coded("avi", "mpeg4")
    copied = read(old, stub(calm), Fixed(frames=[]))
    assert copied.mp4 != old and open_video(copied.mp4).playable and len(copied.times) == 10


def test_a_file_is_read_from_its_place(tmp_path: Path) -> None:
    content = video(gray(90, 0.5))
    (tmp_path / "clip.mp4").write_bytes(content)
    got = read(tmp_path / "clip.mp4", stub(calm), Fixed(LEFT))
    assert got.mp4 == content and len(got.rows) == 5


def test_a_face_that_comes_back_after_a_gap_or_a_cut_is_the_same_face() -> None:
    still = astronaut()
    other = np.full_like(still, 240)
    other[60:160, 100:200] = still[20:120, 170:270][:, ::-1] // 2
    face, elsewhere = Box(100, 20, 90, 90, 1.0), Box(100, 60, 100, 100, 1.0)
    shown = [still] * 10 + [other] * 10 + [still] * 10
    boxes = [[face]] * 5 + [[elsewhere]] * 5 + [[face]] * 5
    got = read(video(shown), stub(calm), Fixed(frames=boxes))
    assert got.rows["face"].tolist() == [1] * 5 + [2] * 5 + [1] * 5


def test_small_images_do_not_grow_with_the_rate() -> None:
    got = read(video(gray(90, 2)), stub(calm), Fixed(LEFT), rate=0)
    kept = [bool(jpeg) for jpeg in got.thumbnails]
    assert len(kept) == 40 and sum(kept) == 20
    assert thumbnail(got, 1) in (got.thumbnails[0], got.thumbnails[2])


def test_a_file_that_is_not_a_video_is_refused() -> None:
    with pytest.raises(MediaError, match="Expected an MP4"):
        read(b"no video", stub(calm), Fixed(frames=[]))


def test_a_budget_stops_the_reading_and_says_where() -> None:
    got = read(video(gray(90, 2)), stub(calm), Fixed(frames=[[LEFT]] * 20), budget=Budget(frames=21))
    assert got.stopped.startswith("Reading stopped at second 1: at most 21 frames are decoded. ")
    assert got.seconds == pytest.approx(1) and set(got.rows["face"]) == {1} and len(got.mp4) > 500


def test_a_frame_has_the_numbers_of_the_same_photo() -> None:
    """The reading of a frame is that of `ferkit.predict.read`, with the video's effort."""
    content = astronaut_video(0)
    seen: list[np.ndarray] = []

    def predict(faces: np.ndarray) -> np.ndarray:
        seen.append(faces)
        return calm(faces)

    read(content, stub(predict), Haar())
    photo.read(frame_at(content, 0, SIDE), stub(predict), Haar(), effort=EFFORT)
    assert len(seen) == 2
    np.testing.assert_array_equal(*seen)
