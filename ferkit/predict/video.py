"""A video read face by face: which face is where at which second, and the probabilities of its classes.

Every frame that is read goes through `ferkit.predict.read`. Arrays in and out; never imports torch by itself.
"""

import math
import time as clock
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pandas as pd

from ferkit.errors import ConfigError, MediaError
from ferkit.faces.crop import MARGIN, square_crop, to_network
from ferkit.faces.detect import Box, Detector, Effort
from ferkit.faces.track import Tracker
from ferkit.predict import photo
from ferkit.predict.same_face import Stretch, looks, same_faces
from ferkit.videos import Budget, Source, Writer, frames, open_video, read_video, with_length

if TYPE_CHECKING:
    from ferkit.predict.classifier import Classifier

__all__ = ["EFFORT", "RATE", "RATES", "SIDE", "VideoReading", "read", "thumbnail"]

SIDE = 854  # pixels: the longer side of the frames that are read
RATE = 10.0  # frames read per second
RATES = (1.0, 2.0, 5.0, 10.0, 0.0)  # that are offered; 0 for every frame
KEPT_RATE = 30.0  # frames per second in a copy that is played
LONGEST = 6 * 3600.0  # seconds that are read: clocks of broken files run on
SHORTEST = 3  # readings of a face; fewer is a mistake of the detector, unless there are no more
CUT = 40.0  # gray levels by which two frames differ on average at a cut, where new faces begin
THUMBNAIL = 72  # pixels of the small image kept of each face
EACH = 0.1  # seconds from one small image of a face to the next, at least: memory does not grow with the rate
EFFORT = Effort(side=400, smallest=0.1, step=1.2, neighbours=3, insist=False)
OnFaces = Callable[[float, Sequence[photo.FaceReading], float], None]


@dataclass(frozen=True, eq=False)
class VideoReading:
    """The faces of a video; row i of `rows`, `probabilities` and `thumbnails` is one face in one frame, in order of
    time."""

    mp4: bytes  # what browsers play: the file itself, with its sound, where they can, else a copy without; or b""
    width: int  # pixels of the frames that were read
    height: int
    seconds: float  # that were read
    stopped: str  # one sentence that says why reading ended before the video did; "" if it did not
    classes: tuple[str, ...]
    times: np.ndarray  # float (T,), seconds: the frames that were read
    rows: pd.DataFrame  # time in seconds; face, from 1; x, y, w, h in pixels
    probabilities: np.ndarray  # float (N, C), of each frame by itself
    thumbnails: tuple[bytes, ...]  # JPEG of THUMBNAIL x THUMBNAIL pixels; b"" less than `EACH` after the last


def read(
    source: Source,
    classifier: "Classifier",
    detector: Detector,
    *,
    rate: float = RATE,
    margin: float = MARGIN,
    whole_image: bool = False,
    mirror: bool = False,
    copy: bool = True,
    budget: Budget | None = None,
    progress: Callable[[float, float], None] = lambda done, seconds: None,
    on_faces: OnFaces = lambda moment, faces, seconds: None,
) -> VideoReading:
    """Find, follow and classify the faces of a video in `rate` frames a second, every frame where that is 0, within
    `budget`. One frame is in memory at a time, however long it is; of a path, so is the file.

    whole_image: take the square in the middle of each frame for one face. mirror: average each face with its mirror
    image, as `ferkit.predict.read` does. copy: return what browsers play. A face that was gone, or was there before a
    cut, is the same face again where it looks alike (`same_faces`).
    `progress(done, seconds)` is called with seconds of the video, the second 0 where its length is not known;
    `on_faces(moment, faces, seconds)` with what was read in each frame, and how long that took. Raises MediaError for
    what cannot be read, ConfigError for a negative rate.
    """
    if not rate >= 0:
        raise ConfigError(f"Expected frames per second, or 0 for every frame, got {rate}. Choose one such as 10.")
    clip, budget = open_video(source), budget or Budget()
    writer = _Copy(min(KEPT_RATE, clip.rate)) if copy and not clip.playable else None
    how = {"margin": margin, "effort": EFFORT, "whole_image": whole_image, "mirror": mirror}
    sized, collected = _Sized(), _Collected(classifier, detector, how, on_faces)
    time, due, stopped = 0.0, 0.0, ""
    for time, frame in frames(source, SIDE, budget, 0.0 if writer else rate):
        if time > LONGEST:
            stopped = f"The first {LONGEST / 3600:.0f} hours were read. Cut the video to see another part."
            break
        rgb = sized.as_first(frame)
        if writer:
            writer.add(time, rgb)
        if time >= due:
            due = (math.floor(time * rate + 1e-6) + 1) / rate - 1e-3 if rate else 0.0
            collected.add(time, rgb)
            progress(time, clip.seconds)
    played = writer.close() if writer else _content(source, clip.seconds) if copy else b""
    if budget.reason:
        stopped = f"Reading stopped at second {time:.0f}: {budget.reason}. Cut the video or make its frames smaller."
    rest = min(max(0.0, clip.seconds - time), 1 / rate if rate and not writer else 0.0)  # after the last one read
    return collected.reading(played, sized.size, time + (0.0 if stopped else rest), stopped)


def thumbnail(video: VideoReading, row: int) -> bytes:
    """The small image of a row's face that is nearest in time."""
    face, time = video.rows["face"].to_numpy(), video.rows["time"].to_numpy()
    kept = np.flatnonzero((face == face[row]) & np.array([bool(jpeg) for jpeg in video.thumbnails]))
    return video.thumbnails[int(kept[np.abs(time[kept] - time[row]).argmin()])] if len(kept) else b""


def _content(source: Source, seconds: float) -> bytes:
    content = source if isinstance(source, bytes) else read_video(source)
    return content if seconds else with_length(content)


class _Sized:
    """Frames as large as the first one."""

    def __init__(self) -> None:
        self.size = 0, 0  # width, height

    def as_first(self, rgb: np.ndarray) -> np.ndarray:
        if self.size == (0, 0):
            self.size = rgb.shape[1], rgb.shape[0]
        if (rgb.shape[1], rgb.shape[0]) != self.size:
            rgb = np.asarray(cv2.resize(rgb, self.size, interpolation=cv2.INTER_AREA))
        return rgb


class _Copy:
    """The video as the browser plays it, not too many frames a second."""

    def __init__(self, rate: float) -> None:
        self._rate, self._kept = rate, -1.0
        self._writer: Writer | None = None

    def add(self, time: float, rgb: np.ndarray) -> None:
        """Keep a frame; all are of the same size."""
        if self._writer is None:
            self._writer = Writer(rgb.shape[1], rgb.shape[0], self._rate)
        if time - self._kept >= 0.9 / KEPT_RATE:
            self._writer.write(time, rgb)
            self._kept = time

    def close(self) -> bytes:
        """The file. Raises MediaError where there was no frame."""
        if self._writer is None:
            raise MediaError("Expected a video, got a file without a frame. Save or copy it again.")
        return self._writer.close()


class _Collected:
    """The faces of the frames that were read, followed from one to the next, from cut to cut."""

    def __init__(self, classifier: "Classifier", detector: Detector, how: dict[str, Any], on_faces: OnFaces) -> None:
        self._classifier, self._detector, self._how, self._on_faces = classifier, detector, how, on_faces
        self._tracker, self._scenes = Tracker(0.0), [0]  # readings of each scene
        self._previous: np.ndarray | None = None
        self._times: list[float] = []
        self._thumbnails: list[bytes] = []
        self._looks: dict[tuple[int, int], np.ndarray] = {}  # sums over the frames of each track
        self._pictured: dict[tuple[int, int], float] = {}  # when the last small image of each was kept
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
        faces = photo.read(rgb, self._classifier, self._detector, **self._how).faces
        self._on_faces(time, faces, clock.perf_counter() - began)
        probabilities = [face.probabilities for face in faces]
        self._probabilities += [row[None] for row in probabilities]
        for track in self._tracker.update([face.box for face in faces], probabilities):
            key = len(self._scenes) - 1, track.id
            self._seen.append((time, key, track.box))
            seen = looks(rgb, track.box)
            self._looks[key] = self._looks[key] + seen if key in self._looks else seen
            due = time - self._pictured.get(key, -1.0) >= EACH - 1e-3
            self._pictured[key] = time if due else self._pictured[key]
            self._thumbnails.append(_thumbnail(rgb, track.box, self._how["margin"]) if due else b"")

    def reading(self, played: bytes, size: tuple[int, int], seconds: float, stopped: str) -> VideoReading:
        """All of it, without the faces that were seen too seldom."""
        rows = self._rows()
        lasting = rows["face"].to_numpy() > 0
        return VideoReading(
            mp4=played,
            width=size[0],
            height=size[1],
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
        seen: dict[tuple[int, int], list[float]] = {}
        for time, track, _ in self._seen:
            seen.setdefault(track, []).append(time)
        lasting = [track for track, times in seen.items() if len(times) >= min(SHORTEST, self._scenes[track[0]])]
        stretches = [
            Stretch(seen[track][0], seen[track][-1], self._looks[track] / len(seen[track])) for track in lasting
        ]
        numbers = {track: face + 1 for track, face in zip(lasting, same_faces(stretches), strict=True)}
        rows = [(time, numbers.get(track, 0), box.x, box.y, box.w, box.h) for time, track, box in self._seen]
        return pd.DataFrame(rows, columns=["time", "face", "x", "y", "w", "h"])


def _thumbnail(rgb: np.ndarray, box: Box, margin: float) -> bytes:
    small = cv2.cvtColor(to_network(square_crop(rgb, box, margin), THUMBNAIL, 3), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()
