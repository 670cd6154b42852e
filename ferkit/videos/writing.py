"""Videos written: one that every browser plays, and a recording that says how long it is."""

import io
from fractions import Fraction

import av
import numpy as np
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from ferkit.videos.opening import kind_of, opened, stream_of

__all__ = ["Writer", "with_length"]

HOLDS = {"mov": "mp4", "matroska": "matroska", "avi": "matroska"}  # what is written for each kind of file


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


def with_length(content: bytes) -> bytes:
    """The same packets in a file that says how long it is and where its key frames are, so that it can be sought in:
    what a browser records says neither. The content itself where that fails."""
    made = io.BytesIO()
    try:
        with opened(content) as source, av.open(made, "w", format=HOLDS[kind_of(content[:12])]) as target:
            streams = {
                one.index: target.add_stream_from_template(one) for one in (stream_of(source), *source.streams.audio)
            }
            for packet in source.demux([source.streams[index] for index in streams]):
                if packet.dts is not None:
                    packet.stream = streams[packet.stream.index]
                    target.mux(packet)
    except Exception:  # a muxer fed with hostile packets raises whatever it stumbles on
        return content
    return made.getvalue()
