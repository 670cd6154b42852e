"""A video read face by face: who is where at which second, and what a network says of them. Arrays in and out; never
imports torch."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd

from ferkit.errors import MediaError
from ferkit.faces.crop import MARGIN, square_crop, to_network
from ferkit.faces.detect import Box, Detector, Effort
from ferkit.faces.track import Tracker
from ferkit.videos import Writer, frames, open_video

__all__ = ["MAX_SECONDS", "Reader", "VideoReading", "read"]

MAX_SECONDS = 120.0  # that are read
SIDE = 854  # pixels: the longer side of the frames that are read and kept
OFTEN, SELDOM, LONG = 10.0, 5.0, 60.0  # frames read per second, of a video longer than so many seconds
KEPT_RATE = 30.0  # frames per second that are kept
SHORTEST = 3  # readings of a face; less is a mistake of the detector, unless there are no more
CUT = 40.0  # gray levels by which two frames differ on average where the film was cut: faces begin anew
FACE = 72  # pixels of the small picture kept of each face
FILM = Effort(side=400, smallest=0.1, step=1.2, neighbours=3, insist=False)


@dataclass(frozen=True)
class Reader:
    """A network as a film needs it: `predict` takes uint8 (N, size, size) or (N, size, size, 3) and returns
    probabilities (N, C)."""

    predict: Callable[[np.ndarray], np.ndarray]
    classes: tuple[str, ...]
    size: int
    channels: int


@dataclass(frozen=True, eq=False)
class VideoReading:
    """What was read; row i of all arrays is one face in one frame, in the order of time."""

    shown: bytes  # MP4, without sound
    width: int
    height: int
    seconds: float
    whole: bool  # False where the video goes on beyond what is read
    classes: tuple[str, ...]
    times: np.ndarray  # float (T,), seconds: the frames that were read
    rows: pd.DataFrame  # time in seconds; face, from 1; x, y, w, h in pixels
    probabilities: np.ndarray  # float (N, C), of each frame by itself
    crops: tuple[bytes, ...]  # JPEG of FACE x FACE pixels


def read(
    content: bytes,
    reader: Reader,
    detector: Detector,
    *,
    margin: float = MARGIN,
    whole: bool = False,
    progress: Callable[[float, float], None] = lambda done, seconds: None,
) -> VideoReading:
    """Find, follow and classify the faces of a video; `whole` takes each frame for one face that was cut out before.

    `progress(done, seconds)` is called with seconds of the video, the second 0 where its length is not known. Raises
    MediaError for what cannot be read.
    """
    clip = open_video(content)
    often = SELDOM if clip.seconds > LONG else OFTEN
    copy, found = _Copy(min(KEPT_RATE, clip.rate)), _Found(reader, detector, margin, whole)
    time, due, cut_off = 0.0, 0.0, False
    for time, rgb in frames(content, SIDE):
        if time >= MAX_SECONDS:
            cut_off = True
            break
        shown = copy.add(time, rgb)
        if time >= due:
            due = (math.floor(time * often + 1e-6) + 1) / often - 1e-3
            found.add(time, shown)
            progress(time, clip.seconds)
    rows = found.rows()
    lasting = rows["face"].to_numpy() > 0
    return VideoReading(
        copy.close(), *copy.size, min(time, MAX_SECONDS), not cut_off, reader.classes, np.array(found.times),
        rows[lasting].reset_index(drop=True), np.concatenate(found.probabilities)[lasting],
        tuple(crop for crop, lasts in zip(found.crops, lasting, strict=True) if lasts),
    )  # fmt: skip


class _Copy:
    """The film as the browser plays it: all frames of the first one's size, not too many a second."""

    def __init__(self, rate: float) -> None:
        self.size = 0, 0
        self._rate, self._kept = rate, -1.0
        self._writer: Writer | None = None

    def add(self, time: float, rgb: np.ndarray) -> np.ndarray:
        """Keep a frame; returns it as it is kept."""
        if self._writer is None:
            self.size = rgb.shape[1], rgb.shape[0]
            self._writer = Writer(*self.size, self._rate)
        elif (rgb.shape[1], rgb.shape[0]) != self.size:
            rgb = cv2.resize(rgb, self.size, interpolation=cv2.INTER_AREA)
        if time - self._kept >= 0.9 / KEPT_RATE:
            self._writer.write(time, rgb)
            self._kept = time
        return rgb

    def close(self) -> bytes:
        """The file. Raises MediaError where there was no frame."""
        if self._writer is None:
            raise MediaError("Expected a whole video, got one without a frame. Save or copy it again.")
        return self._writer.close()


class _Found:
    """The faces of the frames that were read, followed from one to the next, from cut to cut."""

    def __init__(self, reader: Reader, detector: Detector, margin: float, whole: bool) -> None:
        self.times: list[float] = []
        self.crops: list[bytes] = []
        self.probabilities = [np.empty((0, len(reader.classes)))]
        self._reader, self._detector, self._whole, self._margin = reader, detector, whole, 0.0 if whole else margin
        self._tracker, self._scenes = Tracker(0.0), [0]  # readings of each scene
        self._before: np.ndarray | None = None
        self._seen: list[tuple[float, tuple[int, int], Box]] = []

    def add(self, time: float, rgb: np.ndarray) -> None:
        """Find, classify and follow the faces of a frame."""
        now = cv2.resize(rgb, (16, 16), interpolation=cv2.INTER_AREA).astype(float)
        if self._before is not None and np.abs(now - self._before).mean() > CUT:
            self._tracker = Tracker(0.0)
            self._scenes.append(0)
        self._before = now
        self._scenes[-1] += 1
        self.times.append(time)
        boxes = [_middle(rgb)] if self._whole else self._detector.detect(rgb, FILM)
        squares = [square_crop(rgb, box, self._margin) for box in boxes]
        size, channels = self._reader.size, self._reader.channels
        told = (
            self._reader.predict(np.stack([to_network(one, size, channels) for one in squares]))
            if boxes
            else self.probabilities[0]
        )
        self.probabilities.append(told)
        self.crops += [_jpeg(square) for square in squares]
        for track in self._tracker.update(boxes, told):
            self._seen.append((time, (len(self._scenes) - 1, track.id), track.box))

    def rows(self) -> pd.DataFrame:
        """Faces numbered from 1 in the order of their first frame; those of fewer than `SHORTEST` readings get 0."""
        counts: dict[tuple[int, int], int] = {}
        for _, track, _ in self._seen:
            counts[track] = counts.get(track, 0) + 1
        lasting = (track for track, n in counts.items() if n >= min(SHORTEST, self._scenes[track[0]]))
        numbers = {track: i for i, track in enumerate(lasting, 1)}
        told = [(time, numbers.get(track, 0), box.x, box.y, box.w, box.h) for time, track, box in self._seen]
        return pd.DataFrame(told, columns=["time", "face", "x", "y", "w", "h"])


def _jpeg(square: np.ndarray) -> bytes:
    small = cv2.cvtColor(to_network(square, FACE, 3), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def _middle(rgb: np.ndarray) -> Box:
    height, width = rgb.shape[:2]
    side = min(height, width)
    return Box((width - side) // 2, (height - side) // 2, side, side, 0.0)
