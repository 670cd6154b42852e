"""A video with its readings drawn in: as MP4, as GIF, of a reading that holds the video or of the file itself."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from ferkit.faces import Box
from ferkit.predict.film import GIF_RATE, GIF_SIDE, annotated, gif
from ferkit.predict.video import VideoReading, read
from ferkit.videos import frames, open_video
from tests.frames import astronaut, video
from tests.predict.stubs import Fixed, Stub

CONTENT = video([astronaut()] * 40)


@pytest.fixture
def reading() -> VideoReading:
    stub = Stub(("happy", "sad"), lambda faces: np.tile([0.9, 0.1], (len(faces), 1)))
    return read(CONTENT, stub, Fixed(Box(100, 40, 80, 80, 1.0)))


def test_every_frame_has_its_readings(reading: VideoReading) -> None:
    made = annotated(reading)
    assert open_video(made).seconds == pytest.approx(2, abs=0.1)
    (_, plain), *_ = frames(CONTENT, 320)
    drawn = np.stack([rgb.astype(int) for _, rgb in frames(made, 320)])
    assert len(drawn) == 40 and np.abs(drawn - plain).mean((1, 2, 3)).min() > 3
    of_the_file = [rgb for _, rgb in frames(annotated(replace(reading, mp4=b""), CONTENT), 320)]
    assert np.abs(drawn - of_the_file).mean() < 1  # x264's threads do not code alike every time


def test_a_gif_is_small_and_moves(reading: VideoReading) -> None:
    moving = Image.open(io.BytesIO(gif(reading)))
    assert max(moving.size) <= GIF_SIDE and moving.n_frames >= 1
    durations = []
    for place in range(moving.n_frames):  # frames that are alike are one, shown for longer
        moving.seek(place)
        durations.append(moving.info["duration"])
    assert sum(durations) == pytest.approx(2000, abs=1000 / GIF_RATE)
