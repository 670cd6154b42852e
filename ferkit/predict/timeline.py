"""The summary of a video: each face over time, smoothed, its strongest moments, all readings as a table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ferkit.predict.video import VideoReading

__all__ = ["SMOOTHING", "FaceTrack", "hold_until", "peaks", "shares", "smoothed", "table", "tracks"]

SMOOTHING = 0.3  # seconds: the Gaussian's standard deviation
REACH = 4  # standard deviations beyond which a reading does not count
MISSED = 5  # readings over which a face that comes back counts as present


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """One face from its first frame to its last."""

    face: int
    begin: float  # seconds
    end: float
    mean: np.ndarray  # float (C,): the mean of its probabilities
    row: int  # a typical one: where the class of the largest mean is most probable


def smoothed(video: VideoReading, sigma: float = SMOOTHING) -> np.ndarray:
    """Probabilities (N, C), each the mean of its face's frames at most 4 `sigma` seconds away, weighted by a Gaussian:

    p_i = Σ_j w_ij x_j / Σ_j w_ij, w_ij = exp(-(t_j - t_i)² / 2σ²). With `sigma` 0 they are returned as they are.
    """
    probabilities = video.probabilities.astype(float)
    if sigma <= 0:
        return probabilities
    times = video.rows["time"].to_numpy()
    for rows in _rows_of_faces(video):
        distance = np.abs(times[rows, None] - times[None, rows]) / sigma
        weights = np.exp(-0.5 * distance**2) * (distance <= REACH)
        probabilities[rows] = weights @ video.probabilities[rows] / weights.sum(1, keepdims=True)
    return probabilities


def hold_until(video: VideoReading) -> np.ndarray:
    """Until when each reading holds, float (N,) in seconds: until its face's next one, where no more than `MISSED` lie
    between, else until the next frame that was read."""
    until, times = np.empty(len(video.rows)), video.rows["time"].to_numpy()
    place = np.searchsorted(video.times, times)
    after = np.append(video.times, np.inf)[place + 1]
    for rows in _rows_of_faces(video):
        near = np.append(np.diff(place[rows]) <= MISSED + 1, False)
        until[rows] = np.where(near, np.append(times[rows][1:], np.inf), after[rows])
    return until


def tracks(video: VideoReading) -> list[FaceTrack]:
    """Each face, the one longest on screen first."""
    probabilities, times = smoothed(video), video.rows["time"].to_numpy()
    faces = []
    for number, rows in zip(video.rows["face"].unique(), _rows_of_faces(video), strict=True):
        mean = video.probabilities[rows].mean(0)
        typical = rows[int(probabilities[rows, mean.argmax()].argmax())]
        faces.append(FaceTrack(int(number), float(times[rows[0]]), float(times[rows[-1]]), mean, int(typical)))
    return sorted(faces, key=lambda face: face.begin - face.end)


def peaks(video: VideoReading) -> list[tuple[str, int]]:
    """(class, row) where each class that is ever the most probable is most probable, in the order of the classes."""
    probabilities = smoothed(video)
    best = probabilities.argmax(1) if len(probabilities) else np.empty(0, int)
    return [
        (name, int(np.flatnonzero(best == i)[probabilities[best == i, i].argmax()]))
        for i, name in enumerate(video.classes)
        if (best == i).any()
    ]


def shares(video: VideoReading, confident: float = 0.0, sigma: float = SMOOTHING) -> pd.DataFrame:
    """A row per face, named by its number: the share of its frames in which each class is the most probable, smoothed
    and at least as probable as `confident`, and the share of the others, "unsure"."""
    probabilities, faces = smoothed(video, sigma), video.rows["face"].to_numpy()
    sure = probabilities.max(1, initial=0) >= confident
    best = np.where(sure, probabilities.argmax(1), len(video.classes)) if len(probabilities) else np.empty(0, int)
    counts = {
        int(face): np.bincount(best[faces == face], minlength=len(video.classes) + 1) / (faces == face).sum()
        for face in np.unique(faces)
    }
    return pd.DataFrame.from_dict(counts, orient="index", columns=[*video.classes, "unsure"])


def table(video: VideoReading, sigma: float = SMOOTHING) -> pd.DataFrame:
    """A row per face and frame: time, face, box, emotion and probabilities, smoothed over `sigma` seconds."""
    probabilities = smoothed(video, sigma)
    emotion = [video.classes[i] for i in probabilities.argmax(1)] if len(probabilities) else []
    columns = pd.DataFrame(probabilities, columns=list(video.classes))
    return pd.concat([video.rows.assign(emotion=emotion), columns], axis=1)


def _rows_of_faces(video: VideoReading) -> list[np.ndarray]:
    """The rows of each face, in the order of `unique`."""
    faces = video.rows["face"].to_numpy()
    return [np.flatnonzero(faces == number) for number in video.rows["face"].unique()]
