"""Open a video from anywhere, safely, and write one that every browser plays, with PyAV (FFmpeg).

The first bytes decide which demuxer reads a file: FFmpeg never guesses, so it is never led to a playlist or another
file. A `Budget` bounds what decoding may cost.
"""

import contextlib
import io
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ferkit import files
from ferkit.errors import MediaError
from ferkit.text import printable

__all__ = [
    "ENDINGS",
    "MAX_BYTES",
    "Budget",
    "Clip",
    "Source",
    "Writer",
    "frame_at",
    "frames",
    "open_video",
    "read_video",
    "with_length",
]

ENDINGS = ("mp4", "mov", "m4v", "webm", "mkv", "avi")
MAX_BYTES = 200_000_000
MAX_PIXELS = 9_000_000  # of a frame
CODECS = (
    "h264",
    "hevc",
    "vp8",
    "vp9",
    "av1",
    "libdav1d",
    "mpeg4",
    "mpeg2video",
    "mpeg1video",
    "h263",
    "mjpeg",
    "prores",
    "theora",
)
PLAYED = {"mov": ("h264",), "matroska": ("vp8", "vp9", "av1", "libdav1d")}  # by browsers, per kind of file
HOLDS = {"mov": "mp4", "matroska": "matroska", "avi": "matroska"}  # what is written for each kind of file
FEW = 12  # frames of a video for each that is wanted, from which on those that no other rests on are skipped
Source = bytes | Path  # a file's content, or where it lies: read piece by piece, however large
WHAT = "Expected an MP4, MOV, WebM, MKV or AVI video"


@dataclass(frozen=True)
class Clip:
    """A video's header."""

    seconds: float  # 0 where it does not say
    rate: float  # frames per second
    width: int  # pixels, as stored: before it is turned upright
    height: int
    playable: bool  # whether every browser plays the file as it is


class Budget:
    """What reading one video may cost, checked at every frame: a few kilobytes can hold minutes of large frames."""

    def __init__(self, frames: int = 300_000, pixels: int = 1_000_000_000_000, seconds: float = 900.0) -> None:
        self._limits, self._spent = (frames, pixels, seconds), [0, 0]
        self._begin: float | None = None  # when the first frame was decoded
        self.reason = ""  # why decoding was stopped, in words

    def allows(self, pixels: int) -> bool:
        """Whether one more frame of so many pixels may be decoded; counts it if so."""
        frames, most, seconds = self._limits
        self._begin = time.monotonic() if self._begin is None else self._begin
        if self._spent[0] + 1 > frames:
            self.reason = f"at most {frames:,} frames are decoded"
        elif self._spent[1] + pixels > most:
            self.reason = f"at most {most / 1e9:g} billion pixels are decoded"
        elif time.monotonic() - self._begin > seconds:
            self.reason = f"it took more than {seconds:g} seconds"
        else:
            self._spent = [self._spent[0] + 1, self._spent[1] + pixels]
        return not self.reason


def read_video(path: Path) -> bytes:
    """A file's content. Raises MediaError where it cannot be read, or is larger than `MAX_BYTES`."""
    return files.read_bytes(path, MAX_BYTES, "a video", MediaError)


def open_video(source: Source) -> Clip:
    """The header. Raises MediaError for what is empty, broken, no video, coded unusually, or larger than `MAX_PIXELS`,
    and for content of more than `MAX_BYTES`."""
    with _opened(source) as container:
        stream = _stream(container)
        length = container.duration / av.time_base if container.duration else 0.0
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        return Clip(max(0.0, length), rate, stream.width, stream.height, _plays(container, stream))


def frames(
    source: Source, side: int, budget: Budget | None = None, rate: float = 0.0
) -> Iterator[tuple[float, np.ndarray]]:
    """(seconds from the first frame, uint8 RGB (H, W, 3)), upright, its longer side at most `side` pixels, both sides
    even; `rate` of them a second, or every frame where that is 0.

    A file that breaks off is read as far as it goes, any file as far as `budget` goes. Raises MediaError as
    `open_video` does, and where no frame can be read.
    """
    last, due = -1.0, 0.0
    for begin, frame, shape in _decoded(source, budget or Budget(), rate=rate):
        if begin > last and begin >= due:
            last, due = begin, (math.floor(begin * rate + 1e-6) + 1) / rate - 1e-3 if rate > 0 else 0.0
            yield begin, _upright(frame, side, shape)


def frame_at(source: Source, moment: float, side: int) -> np.ndarray:
    """The frame that is shown at `moment` seconds, uint8 RGB (H, W, 3); the last one where the video has ended.
    Raises MediaError."""
    budget = Budget(seconds=20.0)
    for since in (moment, 0.0):  # the second where a file cannot be sought in
        last: tuple[VideoFrame, float] | None = None
        with contextlib.suppress(MediaError) if since else contextlib.nullcontext():
            for begin, frame, shape in _decoded(source, budget, since):
                if last is not None and begin > moment:
                    break
                last = frame, shape
        if last is not None:
            return _upright(last[0], side, last[1])
    raise _broken()


def with_length(content: bytes) -> bytes:
    """The same packets in a file that says how long it is and where its key frames are, so that it can be sought in:
    what a browser records says neither. The content itself where that fails."""
    made = io.BytesIO()
    try:
        with _opened(content) as source, av.open(made, "w", format=HOLDS[_format(content[:12])]) as target:
            streams = {
                one.index: target.add_stream_from_template(one) for one in (_stream(source), *source.streams.audio)
            }
            for packet in source.demux([source.streams[index] for index in streams]):
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    target.mux(packet)
    except Exception:  # a muxer fed with hostile packets raises whatever it stumbles on
        return content
    return made.getvalue()


def _decoded(
    source: Source, budget: Budget, since: float = 0.0, rate: float = 0.0
) -> Iterator[tuple[float, VideoFrame, float]]:
    """(seconds from the first frame, frame, width of a pixel by its height), from the key frame before `since` on;
    not necessarily all where far fewer are wanted, `rate` a second."""
    with _opened(source) as container:
        stream = _stream(container)
        stream.thread_type = "AUTO"
        tick = stream.time_base or Fraction(1, 1000)
        begin, shape = (stream.start_time or 0) * tick, float(stream.sample_aspect_ratio or 1)
        natural = float(stream.average_rate or 25)
        avi = container.format.name == "avi"  # its frames bear no time: they are counted
        if not avi and 0 < rate * FEW <= natural:
            stream.codec_context.skip_frame = "NONREF"
        read, first = 0, 0.0
        try:
            if since > 0:
                container.seek(int((Fraction(since).limit_denominator(1000) + begin) / tick), stream=stream)
            for frame in container.decode(stream):
                if frame.width * frame.height > MAX_PIXELS:
                    raise _too_large(frame.width, frame.height)
                if not budget.allows(frame.width * frame.height) and read:
                    break
                if avi and since > 0 and not read and frame.dts is not None:
                    first = float(frame.dts * tick - begin)
                moment = first + read / natural if avi or frame.pts is None else float(frame.pts * tick - begin)
                read += 1
                yield max(0.0, moment), frame, shape if 0.2 < shape < 5 else 1.0
        except MediaError:
            raise
        except Exception as error:  # a decoder fed with hostile bytes raises whatever it stumbles on
            if not read:
                raise _broken() from error
        if not read:
            raise _broken()


class Writer:
    """Frames in, an MP4 (H.264) out, which every browser plays; a key frame each second, so that seeking is quick."""

    def __init__(self, width: int, height: int, rate: float) -> None:
        self._file = io.BytesIO()
        self._container = av.open(self._file, "w", format="mp4")
        rounded = max(1, round(rate))
        self._stream: VideoStream = self._container.add_stream("libx264", rate=rounded)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        self._stream.codec_context.time_base = Fraction(1, 1000)
        self._stream.codec_context.gop_size = rounded
        self._stream.options = {"preset": "veryfast", "crf": "26"}
        self._last = -1

    def write(self, begin: float, rgb: np.ndarray) -> None:
        """A frame, uint8 RGB (height, width, 3), shown from `begin` seconds on."""
        frame = VideoFrame.from_ndarray(rgb, format="rgb24")
        self._last = frame.pts = max(self._last + 1, round(1000 * begin))
        frame.time_base = Fraction(1, 1000)
        self._container.mux(self._stream.encode(frame))

    def close(self) -> bytes:
        """The file."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._file.getvalue()


@contextlib.contextmanager
def _opened(source: Source) -> "Iterator[av.container.InputContainer]":
    with _file(source) as file:
        head = file.read(12)
        file.seek(0)
        if not head:
            raise MediaError("Expected a video, got an empty file. Choose another file.")
        kind, only = _format(head), {"codec_whitelist": ",".join(CODECS)}
        try:
            container = av.open(file, "r", format=kind, container_options=only, metadata_errors="replace")
        except Exception as error:  # as above
            raise _broken() from error
        with container:
            yield container


def _file(source: Source) -> BinaryIO:
    if isinstance(source, bytes):
        if len(source) > MAX_BYTES:
            raise _too_heavy(len(source))
        return io.BytesIO(source)
    if not source.is_file():  # a device or a pipe might never end
        files.read_bytes(source, MAX_BYTES, "a video", MediaError)
    try:
        return source.open("rb")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise MediaError(f"Expected a video at {printable(source.name)}, got: {reason}. Check the path.") from error


def _format(content: bytes) -> str:
    """FFmpeg's name for what the first bytes say."""
    if content[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return "mov"
    if content[:4] == b"\x1aE\xdf\xa3":
        return "matroska"
    if content[:4] == b"RIFF" and content[8:12] == b"AVI ":
        return "avi"
    raise MediaError(f"{WHAT}, got something else. Save it as MP4.")


def _plays(container: "av.container.InputContainer", stream: VideoStream) -> bool:
    """Whether every browser plays it: a usual coding of 8 bits in its usual kind of file."""
    kinds = [codecs for name, codecs in PLAYED.items() if name in container.format.name.split(",")]
    codec = stream.codec_context
    return any(codec.name in codecs for codecs in kinds) and codec.pix_fmt in ("yuv420p", "yuvj420p")


def _stream(container: "av.container.InputContainer") -> VideoStream:
    if not container.streams.video:
        raise MediaError(f"{WHAT}, got a file without images. Choose another file.")
    stream = container.streams.video[0]
    codec = stream.codec_context.name if stream.codec_context else "unknown"
    if codec not in CODECS:
        raise MediaError(f"{WHAT} in a usual coding such as H.264, got {codec}. Save it as MP4.")
    if stream.width * stream.height > MAX_PIXELS:
        raise _too_large(stream.width, stream.height)
    return stream


def _upright(frame: VideoFrame, side: int, shape: float) -> np.ndarray:
    """uint8 RGB with square pixels, reduced and turned as its display matrix says."""
    scale = min(1.0, side / max(frame.width * shape, frame.height))
    width, height = (max(2, round(length * scale / 2) * 2) for length in (frame.width * shape, frame.height))
    rgb = frame.to_ndarray(format="rgb24", width=width, height=height)
    return np.ascontiguousarray(np.rot90(rgb, round(frame.rotation / 90)))


def _too_heavy(size: int) -> MediaError:
    return MediaError(f"Expected at most {MAX_BYTES // 10**6} MB, got {size / 1e6:.0f} MB. Cut or compress the video.")


def _broken() -> MediaError:
    return MediaError("Expected a complete video, got a file that is broken or cut short. Save or copy it again.")


def _too_large(width: int, height: int) -> MediaError:
    return MediaError(
        f"Expected frames of at most {MAX_PIXELS // 10**6} megapixels, got {width} × {height}. Make the video smaller."
    )
