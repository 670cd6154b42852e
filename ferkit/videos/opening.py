"""A video's header, and the file behind it: the first bytes decide which demuxer reads it.

FFmpeg never guesses, so it is never led to a playlist or another file.
"""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import av
from av.video.stream import VideoStream

from ferkit import files
from ferkit.errors import MediaError
from ferkit.text import printable

__all__ = [
    "ENDINGS", "MAX_BYTES", "Clip", "Source", "broken", "check_size", "kind_of", "open_video", "opened", "read_video",
    "stream_of",
]  # fmt: skip

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


def read_video(path: Path) -> bytes:
    """A file's content. Raises MediaError where it cannot be read, or is larger than `MAX_BYTES`."""
    return files.read_bytes(path, MAX_BYTES, "a video", MediaError)


def open_video(source: Source) -> Clip:
    """The header. Raises MediaError for what is empty, broken, no video, coded unusually, or larger than `MAX_PIXELS`,
    and for content of more than `MAX_BYTES`."""
    with opened(source) as container:
        stream = stream_of(container)
        length = container.duration / av.time_base if container.duration else 0.0
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        return Clip(max(0.0, length), rate, stream.width, stream.height, _plays(container, stream))


@contextlib.contextmanager
def opened(source: Source) -> "Iterator[av.container.InputContainer]":
    with _file(source) as file:
        head = file.read(12)
        file.seek(0)
        if not head:
            raise MediaError("Expected a video, got an empty file. Choose another file.")
        kind, only = kind_of(head), {"codec_whitelist": ",".join(CODECS)}
        try:
            container = av.open(file, "r", format=kind, container_options=only, metadata_errors="replace")
        except Exception as error:  # as above
            raise broken() from error
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


def kind_of(content: bytes) -> str:
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


def stream_of(container: "av.container.InputContainer") -> VideoStream:
    if not container.streams.video:
        raise MediaError(f"{WHAT}, got a file without images. Choose another file.")
    stream = container.streams.video[0]
    codec = stream.codec_context.name if stream.codec_context else "unknown"
    if codec not in CODECS:
        raise MediaError(f"{WHAT} in a usual coding such as H.264, got {codec}. Save it as MP4.")
    check_size(stream.width, stream.height)
    return stream


def check_size(width: int, height: int) -> None:
    """Raises MediaError for a frame of more than `MAX_PIXELS`."""
    if width * height > MAX_PIXELS:
        raise MediaError(
            f"Expected frames of at most {MAX_PIXELS // 10**6} megapixels, got {width} × {height}. "
            "Make the video smaller."
        )


def broken() -> MediaError:
    return MediaError("Expected a complete video, got a file that is broken or cut short. Save or copy it again.")


def _too_heavy(size: int) -> MediaError:
    return MediaError(f"Expected at most {MAX_BYTES // 10**6} MB, got {size / 1e6:.0f} MB. Cut or compress the video.")
