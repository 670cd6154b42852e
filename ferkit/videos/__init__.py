"""Open a video from anywhere, safely, and write one that every browser plays, with PyAV (FFmpeg).

The first bytes decide which demuxer reads a file, and a `Budget` bounds what decoding may cost.
"""

from ferkit.videos.decoding import Budget, frame_at, frames
from ferkit.videos.opening import ENDINGS, MAX_BYTES, Clip, Source, open_video, read_video
from ferkit.videos.writing import Writer, with_length

__all__ = [
    "ENDINGS", "MAX_BYTES", "Budget", "Clip", "Source", "Writer", "frame_at", "frames", "open_video", "read_video",
    "with_length",
]  # fmt: skip
