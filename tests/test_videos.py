"""Videos read and written: turned upright, reduced, sought in; hostile ones refused with one message."""

import io
import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from ferkit.errors import MediaError
from ferkit.videos import Budget, Writer, decoding, frame_at, frames, open_video, opening, with_length
from tests.frames import RATE, astronaut, astronaut_video, video

RED, GREEN, BLUE = (
    np.tile(np.array(rgb, np.uint8), (96, 128, 1)) for rgb in ((220, 30, 30), (30, 200, 30), (30, 30, 220))
)


def near(rgb: np.ndarray, other: np.ndarray) -> bool:
    return float(np.abs(rgb.mean((0, 1)) - other.mean((0, 1))).max()) < 25


def coded(
    container: str,
    codec: str,
    options: dict[str, str] | None = None,
    pixels: str = "yuv420p",
    still: np.ndarray = RED,
    shape: Fraction | None = None,
    written: dict[str, str] | None = None,
) -> bytes:
    """A second of one frame in another container or coding."""
    out = io.BytesIO()
    with av.open(out, "w", format=container, options=written or {}) as made:
        stream = made.add_stream(codec, rate=10, options=options or {})
        stream.width, stream.height, stream.pix_fmt = still.shape[1], still.shape[0], pixels
        if shape:
            stream.codec_context.sample_aspect_ratio = shape
        for i in range(10):
            frame = av.VideoFrame.from_ndarray(np.roll(still, 9 * i, 1), format="rgb24")
            frame.pts, frame.time_base = i, Fraction(1, 10)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return out.getvalue()


def turned(content: bytes) -> bytes:
    """The same video, flagged to be shown a quarter turn clockwise, as phones write it."""
    place = content.index(b"tkhd") + 4 + 40
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    return content[:place] + quarter + content[place + 36 :]


def test_what_is_written_is_read_again() -> None:
    content = video([RED] * RATE + [BLUE] * RATE)
    clip = open_video(content)
    assert (clip.width, clip.height) == (128, 96)
    assert clip.seconds == pytest.approx(2, abs=0.1) and clip.rate == pytest.approx(RATE, rel=0.05)
    read = list(frames(content, 640))
    np.testing.assert_allclose([time for time, _ in read], np.arange(2 * RATE) / RATE, atol=1e-3)
    assert all(near(rgb, RED if time < 0.99 else BLUE) for time, rgb in read)


@pytest.mark.parametrize(("time", "colour"), [(0.0, RED), (0.97, RED), (1.5, GREEN), (2.3, BLUE), (99.0, BLUE)])
def test_a_moment_is_found(time: float, colour: np.ndarray) -> None:
    content = video([RED] * RATE + [GREEN] * RATE + [BLUE] * RATE)
    assert near(frame_at(content, time, 640), colour)


@pytest.mark.parametrize(
    ("container", "codec", "options", "pixels"),
    [
        ("webm", "libvpx", {"deadline": "realtime"}, "yuv420p"),
        ("matroska", "libx264", {}, "yuv420p"),
        ("avi", "mpeg4", {}, "yuv420p"),
        ("mov", "mjpeg", {}, "yuvj420p"),
    ],
)
def test_other_containers_are_read(container: str, codec: str, options: dict[str, str], pixels: str) -> None:
    read = [rgb for _, rgb in frames(coded(container, codec, options, pixels), 640)]
    assert len(read) == 10 and all(near(rgb, RED) for rgb in read)


def test_a_large_frame_is_reduced_and_its_sides_are_even() -> None:
    (_, rgb), *_ = frames(astronaut_video(0.1), 99)
    assert rgb.shape == (74, 98, 3) or rgb.shape == (74, 100, 3)


def test_a_phone_held_upright_is_turned() -> None:
    halves = np.concatenate([RED[:, :64], BLUE[:, 64:]], 1)
    (_, flat), *_ = frames(video([halves] * 5), 640)
    (_, upright), *_ = frames(turned(video([halves] * 5)), 640)
    assert flat.shape == (96, 128, 3) and upright.shape == (128, 96, 3)
    assert near(flat[:, :64], RED) and near(flat[:, 64:], BLUE)
    assert near(upright[:64], RED) and near(upright[64:], BLUE)


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes() -> None:
    complete = coded("matroska", "libx264", {"g": "1", "bf": "0"}, still=astronaut())
    read = list(frames(complete[: int(len(complete) * 0.8)], 640))
    assert 0 < len(read) < 10


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no video at all",
        PLAYLIST,
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"\0\0\0\x18ftypisom" + b"x" * 500,
        b"\x1aE\xdf\xa3" + bytes(200),
        b"RIFF\0\0\0\0AVI " + bytes(200),
        astronaut_video(0.2)[:900],
    ],
    ids=["empty", "words", "playlist", "concat", "mp4", "matroska", "avi", "cut"],
)  # fmt: skip
def test_a_file_that_is_not_a_video_is_refused_with_one_message(content: bytes) -> None:
    for read in (open_video, lambda content: list(frames(content, 640)), lambda content: frame_at(content, 0.0, 640)):
        with pytest.raises(MediaError, match=r"^Expected a"):
            read(content)


def test_sound_alone_is_not_a_video() -> None:
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as made:
        stream = made.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 8000
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    with pytest.raises(MediaError, match="without images"):
        open_video(out.getvalue())


@pytest.mark.parametrize(
    ("limit", "value", "message"), [("MAX_BYTES", 100, "at most 0 MB"), ("MAX_PIXELS", 100, "320 × 240")]
)
def test_too_large_is_refused_before_a_frame_is_decoded(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int, message: str
) -> None:
    content = astronaut_video(0.2)
    monkeypatch.setattr(opening, limit, value)
    with pytest.raises(MediaError, match=message):
        open_video(content)


def test_an_unusual_coding_is_refused() -> None:
    with pytest.raises(MediaError, match="got ffv1"):
        open_video(coded("matroska", "ffv1"))


@pytest.mark.parametrize(
    ("limits", "read", "reason"),
    [
        ({"frames": 7}, 7, "at most 7 frames are decoded"),
        ({"pixels": 5 * 320 * 240}, 5, "at most 0.000384 billion pixels are decoded"),
        ({"seconds": -1.0}, 1, "it took more than -1 seconds"),
        ({}, 21, ""),
    ],
)
def test_work_is_bounded(limits: dict, read: int, reason: str) -> None:
    budget = Budget(**limits)
    assert len(list(frames(astronaut_video(1), 640, budget))) == read
    assert budget.reason == reason


def test_a_title_in_another_alphabet_does_no_harm() -> None:
    content = astronaut_video(0.2)
    assert b"Lavf" in content
    assert len(list(frames(content.replace(b"Lavf", b"\xe9\xff\xfe\xc3"), 640))) == 5


def test_pixels_that_are_not_square_are_made_so() -> None:
    (_, rgb), *_ = frames(coded("matroska", "libx264", shape=Fraction(4, 3)), 640)
    assert rgb.shape == (96, 170, 3)


def test_frames_of_an_avi_come_in_their_order() -> None:
    content = coded("avi", "libx264", {"bf": "3"}, still=astronaut())
    read = list(frames(content, 640))
    shifts = [
        int(np.argmin([np.abs(np.roll(astronaut(), 9 * i, 1).astype(int) - rgb).mean() for i in range(10)]))
        for _, rgb in read
    ]
    assert shifts == list(range(10)) and np.all(np.diff([time for time, _ in read]) > 0)


def test_a_file_that_cannot_be_sought_in_is_read_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    content, decoded = astronaut_video(1), decoding._decoded

    def broken(content: bytes, budget: Budget, since: float = 0.0) -> object:
        if since:
            raise MediaError("Expected a complete video.")
        return decoded(content, budget)

    expected = frame_at(content, 0.5, 640)
    monkeypatch.setattr(decoding, "_decoded", broken)
    np.testing.assert_array_equal(frame_at(content, 0.5, 640), expected)


def test_frames_may_come_late_or_twice() -> None:
    writer = Writer(128, 96, RATE)
    for time in (0.0, 0.5, 0.5, 2.0):
        writer.write(time, RED)
    assert [time for time, _ in frames(writer.close(), 640)] == pytest.approx([0, 0.5, 0.501, 2.0])


def test_what_a_browser_recorded_gets_its_length_and_keeps_its_frames() -> None:
    recorded = coded("webm", "libvpx", written={"live": "1"})
    assert open_video(recorded).seconds == 0
    whole = with_length(recorded)
    (before, after) = ([rgb for _, rgb in frames(content, 320)] for content in (recorded, whole))
    assert open_video(whole).seconds == pytest.approx(1, abs=0.1) and open_video(whole).playable
    assert len(before) == len(after) and all(map(np.array_equal, before, after))
    assert with_length(b"no video") == b"no video"
