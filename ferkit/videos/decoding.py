"""The frames of a video, upright and small, for as long as a `Budget` lasts."""

import contextlib
import math
import time
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from av.video.frame import VideoFrame

from ferkit.errors import MediaError
from ferkit.videos.opening import Source, broken, check_size, opened, stream_of

__all__ = ["Budget", "frame_at", "frames"]

FEW = 12  # frames of a video for each that is wanted, from which on those that no other rests on are skipped


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
    raise broken()


def _decoded(
    source: Source, budget: Budget, since: float = 0.0, rate: float = 0.0
) -> Iterator[tuple[float, VideoFrame, float]]:
    """(seconds from the first frame, frame, width of a pixel by its height), from the key frame before `since` on;
    not necessarily all where far fewer are wanted, `rate` a second."""
    with opened(source) as container:
        stream = stream_of(container)
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
                check_size(frame.width, frame.height)
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
                raise broken() from error
        if not read:
            raise broken()


def _upright(frame: VideoFrame, side: int, shape: float) -> np.ndarray:
    """uint8 RGB with square pixels, reduced and turned as its display matrix says."""
    scale = min(1.0, side / max(frame.width * shape, frame.height))
    width, height = (max(2, round(length * scale / 2) * 2) for length in (frame.width * shape, frame.height))
    rgb = frame.to_ndarray(format="rgb24", width=width, height=height)
    return np.ascontiguousarray(np.rot90(rgb, round(frame.rotation / 90)))
