"""A video read face by face: who is where at which second, and what a network says of them. Arrays in and out; never imports torch."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd

from ferkit.errors import PictureError
from ferkit.faces.crop import MARGIN, square_crop, to_network
from ferkit.faces.detect import Box, Detector, Effort
from ferkit.faces.track import Tracker
from ferkit.faces.video import Writer, frames, open_video

__all__ = ["MAX_SECONDS", "SMOOTHING", "Film", "Person", "Reader", "ends", "peaks", "people", "read", "smoothed", "table"]

MAX_SECONDS = 120.0  # that are read
SIDE = 854  # pixels: the longer side of the frames that are read and kept
OFTEN, SELDOM, LONG = 10.0, 5.0, 60.0  # frames read per second, of a video longer than so many seconds
KEPT_RATE = 30.0  # frames per second that are kept
SMOOTHING = 0.3  # seconds: the Gaussian's standard deviation
SHORTEST = 3  # readings of a face; less is a mistake of the detector, unless there are no more
MISSED = 5  # readings over which a face that comes back was there all the time
CUT = 40.0  # gray levels by which two frames differ on average where the film was cut: faces begin anew
FACE = 72  # pixels of the small picture kept of each face
FILM = Effort(side=480, smallest=0.08, step=1.15, neighbours=4, insist=False)


@dataclass(frozen=True)
class Reader:
    """A network as a film needs it: `predict` takes uint8 (N, size, size) or (N, size, size, 3) and returns probabilities (N, C)."""

    predict: Callable[[np.ndarray], np.ndarray]
    classes: tuple[str, ...]
    size: int
    channels: int


@dataclass(frozen=True, eq=False)
class Film:
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


@dataclass(frozen=True, eq=False)
class Person:
    """One face from its first frame to its last."""

    face: int
    begin: float  # seconds
    end: float
    shares: np.ndarray  # float (C,): the mean of its readings
    row: int  # a typical one: the surest of its commonest emotion


def read(
    content: bytes,
    reader: Reader,
    detector: Detector,
    *,
    margin: float = MARGIN,
    whole: bool = False,
    progress: Callable[[float, float], None] = lambda done, seconds: None,
) -> Film:
    """Find, follow and classify the faces of a video; `whole` takes each frame for one face that was cut out before.

    `progress(done, seconds)` is called with seconds of the video, the second 0 where its length is not known. Raises PictureError for what
    cannot be read.
    """
    clip = open_video(content)
    often = SELDOM if clip.seconds > LONG else OFTEN
    writer: Writer | None = None
    tracker, before, scenes = Tracker(0.0), None, [0]  # readings of each scene
    seen: list[tuple[float, tuple[int, int], Box]] = []
    crops: list[bytes] = []
    probabilities = [np.empty((0, len(reader.classes)))]
    times: list[float] = []
    kept, time, due, size, whole_film = -1.0, 0.0, 0.0, (0, 0), True
    for time, rgb in frames(content, SIDE):
        if time >= MAX_SECONDS:
            whole_film = False
            break
        if writer is None:
            size = rgb.shape[1], rgb.shape[0]
            writer = Writer(*size, min(KEPT_RATE, clip.rate))
        elif (rgb.shape[1], rgb.shape[0]) != size:
            rgb = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        if time - kept >= 0.9 / KEPT_RATE:
            writer.write(time, rgb)
            kept = time
        if time < due:
            continue
        due = (math.floor(time * often + 1e-6) + 1) / often - 1e-3
        now = cv2.resize(rgb, (16, 16), interpolation=cv2.INTER_AREA).astype(float)
        if before is not None and np.abs(now - before).mean() > CUT:
            tracker = Tracker(0.0)
            scenes.append(0)
        before = now
        scenes[-1] += 1
        times.append(time)
        boxes = [_middle(rgb)] if whole else detector.detect(rgb, FILM)
        if boxes:
            squares = [square_crop(rgb, box, 0.0 if whole else margin) for box in boxes]
            probabilities.append(reader.predict(np.stack([to_network(square, reader.size, reader.channels) for square in squares])))
            crops += [_jpeg(square) for square in squares]
        for track in tracker.update(boxes, probabilities[-1] if boxes else probabilities[0]):
            seen.append((time, (len(scenes) - 1, track.id), track.box))
        progress(time, clip.seconds)
    if writer is None:
        raise PictureError("Expected a whole video, got one without a frame. Save or copy it again.")
    rows = _rows(seen, scenes)
    lasting = rows["face"].to_numpy() > 0
    return Film(
        writer.close(), *size, min(max(time, kept), MAX_SECONDS), whole_film, reader.classes, np.array(times),
        rows[lasting].reset_index(drop=True), np.concatenate(probabilities)[lasting],
        tuple(crop for crop, lasts in zip(crops, lasting, strict=True) if lasts),
    )  # fmt: skip


def _jpeg(square: np.ndarray) -> bytes:
    small = cv2.cvtColor(to_network(square, FACE, 3), cv2.COLOR_RGB2BGR)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def _middle(rgb: np.ndarray) -> Box:
    height, width = rgb.shape[:2]
    side = min(height, width)
    return Box((width - side) // 2, (height - side) // 2, side, side, 0.0)


def _rows(seen: list[tuple[float, tuple[int, int], Box]], scenes: list[int]) -> pd.DataFrame:
    """Faces numbered from 1 in the order of their first frame; those of fewer than `SHORTEST` readings get 0."""
    counts: dict[tuple[int, int], int] = {}
    for _, track, _ in seen:
        counts[track] = counts.get(track, 0) + 1
    lasting = (track for track, n in counts.items() if n >= min(SHORTEST, scenes[track[0]]))
    numbers = {track: i for i, track in enumerate(lasting, 1)}
    told = [(time, numbers.get(track, 0), box.x, box.y, box.w, box.h) for time, track, box in seen]
    return pd.DataFrame(told, columns=["time", "face", "x", "y", "w", "h"])


def smoothed(film: Film, sigma: float = SMOOTHING) -> np.ndarray:
    """Probabilities (N, C), each the mean of its face's frames, weighted by a Gaussian of `sigma` seconds around it; 0: as they are."""
    told = film.probabilities.astype(float)
    if sigma <= 0:
        return told
    times = film.rows["time"].to_numpy()
    for own in _of_each(film):
        weights = np.exp(-0.5 * ((times[own, None] - times[None, own]) / sigma) ** 2)
        told[own] = weights @ film.probabilities[own] / weights.sum(1, keepdims=True)
    return told


def ends(film: Film) -> np.ndarray:
    """Until when each reading holds, float (N,) in seconds: until its face's next one, where no more than `MISSED` lie between, else until
    the next frame that was read."""
    until, times = np.empty(len(film.rows)), film.rows["time"].to_numpy()
    place = np.searchsorted(film.times, times)
    after = np.append(film.times, np.inf)[place + 1]
    for own in _of_each(film):
        near = np.append(np.diff(place[own]) <= MISSED + 1, False)
        until[own] = np.where(near, np.append(times[own][1:], np.inf), after[own])
    return until


def people(film: Film) -> list[Person]:
    """Each face, the one longest on screen first."""
    told, times = smoothed(film), film.rows["time"].to_numpy()
    found = []
    for number, own in zip(film.rows["face"].unique(), _of_each(film), strict=True):
        shares = film.probabilities[own].mean(0)
        typical = own[int(told[own, shares.argmax()].argmax())]
        found.append(Person(int(number), float(times[own[0]]), float(times[own[-1]]), shares, int(typical)))
    return sorted(found, key=lambda person: person.begin - person.end)


def peaks(film: Film) -> list[tuple[str, int]]:
    """(emotion, row) of the surest moment of each emotion that some face shows at all, in the order of the classes."""
    told = smoothed(film)
    best = told.argmax(1) if len(told) else np.empty(0, int)
    return [(name, int(np.flatnonzero(best == i)[told[best == i, i].argmax()])) for i, name in enumerate(film.classes) if (best == i).any()]


def table(film: Film) -> pd.DataFrame:
    """A row per face and frame: time, face, box, emotion and probabilities, smoothed."""
    told = smoothed(film)
    emotion = [film.classes[i] for i in told.argmax(1)] if len(told) else []
    return pd.concat([film.rows.assign(emotion=emotion), pd.DataFrame(told, columns=list(film.classes))], axis=1)


def _of_each(film: Film) -> Iterable[np.ndarray]:
    """The rows of each face, in the order of `unique`."""
    faces = film.rows["face"].to_numpy()
    return [np.flatnonzero(faces == number) for number in film.rows["face"].unique()]
