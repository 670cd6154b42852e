"""A video read face by face: which face is where at which second, and the probabilities of its classes.

Every frame that is read goes through `ferkit.predict.read`. Arrays in and out; never imports torch by itself.
"""

import math
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pandas as pd

from ferkit.errors import MediaError
from ferkit.faces.crop import MARGIN, square_crop, to_network
from ferkit.faces.detect import Box, Detector, Effort
from ferkit.faces.track import Tracker
from ferkit.predict import photo
from ferkit.videos import Budget, Writer, frames, open_video

if TYPE_CHECKING:
    from ferkit.predict.classifier import Classifier

__all__ = ["EFFORT", "MAX_SECONDS", "SIDE", "VideoReading", "read"]

MAX_SECONDS = 120.0  # that are read
SIDE = 854  # pixels: the longer side of the frames that are read and kept
LONG = 60.0  # seconds
RATE, RATE_OF_LONG = 10.0, 5.0  # frames read per second; of a video longer than `LONG`
KEPT_RATE = 30.0  # frames per second in the copy that is played
SHORTEST = 3  # readings of a face; fewer is a mistake of the detector, unless there are no more
CUT = 40.0  # gray levels by which two frames differ on average at a cut, where new faces begin
THUMBNAIL = 72  # pixels of the small image kept of each face
EFFORT = Effort(side=400, smallest=0.1, step=1.2, neighbours=3, insist=False)
OnFaces = Callable[[float, Sequence[photo.FaceReading], float], None]


@dataclass(frozen=True, eq=False)
class VideoReading:
    """The faces of a video; row i of `rows`, `probabilities` and `thumbnails` is one face in one frame, in order of
    time."""

    mp4: bytes  # a copy that browsers play, without sound
    width: int
    height: int
    seconds: float  # that were read
    stopped: str  # one sentence that says why reading ended before the video did; "" if it did not
    classes: tuple[str, ...]
    times: np.ndarray  # float (T,), seconds: the frames that were read
    rows: pd.DataFrame  # time in seconds; face, from 1; x, y, w, h in pixels
    probabilities: np.ndarray  # float (N, C), of each frame by itself
    thumbnails: tuple[bytes, ...]  # JPEG of THUMBNAIL x THUMBNAIL pixels


def read(
    content: bytes,
    classifier: "Classifier",
    detector: Detector,
    *,
    margin: float = MARGIN,
    whole_image: bool = False,
    budget: Budget | None = None,
    progress: Callable[[float, float], None] = lambda done, seconds: None,
    on_faces: OnFaces = lambda moment, faces, seconds: None,
) -> VideoReading:
    """Find, follow and classify the faces of a video, of `MAX_SECONDS` and within `budget`.

    whole_image: take the square in the middle of each frame for one face. `progress(done, seconds)` is called with
    seconds of the video, the second 0 where its length is not known; `on_faces(moment, faces, seconds)` with what was
    read in each frame, and how long that took. Raises MediaError for what cannot be read.
    """
    clip, budget = open_video(content), budget or Budget()
    rate = RATE_OF_LONG if clip.seconds > LONG else RATE
    copy = _Copy(min(KEPT_RATE, clip.rate))
    collected = _Collected(classifier, detector, margin, whole_image, on_faces)
    time, due, stopped = 0.0, 0.0, ""
    for time, rgb in frames(content, SIDE, budget):
        if time >= MAX_SECONDS:
            stopped = f"The first {MAX_SECONDS:.0f} seconds were read. Cut the video to see another part."
            break
        shown = copy.add(time, rgb)
        if time >= due:
            due = (math.floor(time * rate + 1e-6) + 1) / rate - 1e-3
            collected.add(time, shown)
            progress(time, clip.seconds)
    if budget.reason:
        stopped = f"Reading stopped at second {time:.0f}: {budget.reason}. Cut the video or make its frames smaller."
    return collected.reading(copy, min(time, MAX_SECONDS), stopped)


class _Copy:
    """The video as the browser plays it: all frames of the first one's size, not too many a second."""

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
            raise MediaError("Expected a video, got a file without a frame. Save or copy it again.")
        return self._writer.close()


class _Collected:
    """The faces of the frames that were read, followed from one to the next, from cut to cut."""

    def __init__(
        self, classifier: "Classifier", detector: Detector, margin: float, whole_image: bool, on_faces: OnFaces
    ) -> None:
        self._classifier, self._detector, self._margin = classifier, detector, margin
        self._whole_image, self._on_faces = whole_image, on_faces
        self._tracker, self._scenes = Tracker(0.0), [0]  # readings of each scene
        self._previous: np.ndarray | None = None
        self._times: list[float] = []
        self._thumbnails: list[bytes] = []
        self._probabilities = [np.empty((0, len(classifier.classes)))]
        self._seen: list[tuple[float, tuple[int, int], Box]] = []

    def add(self, time: float, rgb: np.ndarray) -> None:
        """Find, classify and follow the faces of a frame."""
        small = cv2.resize(rgb, (16, 16), interpolation=cv2.INTER_AREA).astype(float)
        if self._previous is not None and np.abs(small - self._previous).mean() > CUT:
            self._tracker = Tracker(0.0)
            self._scenes.append(0)
        self._previous = small
        self._scenes[-1] += 1
        self._times.append(time)
        began = clock.perf_counter()
        faces = photo.read(
            rgb, self._classifier, self._detector,
            margin=self._margin, effort=EFFORT, whole_image=self._whole_image,
        ).faces  # fmt: skip
        self._on_faces(time, faces, clock.perf_counter() - began)
        probabilities = [face.probabilities for face in faces]
        self._probabilities += [row[None] for row in probabilities]
        self._thumbnails += [_thumbnail(rgb, face.box, self._margin) for face in faces]
        for track in self._tracker.update([face.box for face in faces], probabilities):
            self._seen.append((time, (len(self._scenes) - 1, track.id), track.box))

    def reading(self, copy: _Copy, seconds: float, stopped: str) -> VideoReading:
        """All of it, without the faces that were seen too seldom."""
        mp4, rows = copy.close(), self._rows()
        lasting = rows["face"].to_numpy() > 0
        return VideoReading(
            mp4=mp4,
            width=copy.size[0],
            height=copy.size[1],
            seconds=seconds,
            stopped=stopped,
            classes=tuple(self._classifier.classes),
            times=np.array(self._times),
            rows=rows[lasting].reset_index(drop=True),
            probabilities=np.concatenate(self._probabilities)[lasting],
            thumbnails=tuple(jpeg for jpeg, lasts in zip(self._thumbnails, lasting, strict=True) if lasts),
        )

    def _rows(self) -> pd.DataFrame:
        """Faces numbered from 1 in the order of their first frame; those of fewer than `SHORTEST` readings get 0."""
        counts: dict[tuple[int, int], int] = {}
        for _, track, _ in self._seen:
            counts[track] = counts.get(track, 0) + 1
        lasting = (track for track, n in counts.items() if n >= min(SHORTEST, self._scenes[track[0]]))
        numbers = {track: i for i, track in enumerate(lasting, 1)}
        rows = [(time, numbers.get(track, 0), box.x, box.y, box.w, box.h) for time, track, box in self._seen]
        return pd.DataFrame(rows, columns=["time", "face", "x", "y", "w", "h"])


def _thumbnail(rgb: np.ndarray, box: Box, margin: float) -> bytes:
    small = cv2.cvtColor(to_network(square_crop(rgb, box, margin), THUMBNAIL, 3), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()
