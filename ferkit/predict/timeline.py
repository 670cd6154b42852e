"""What a film comes to: each face over time, smoothed, its surest moments, all readings as a table."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ferkit.predict.video import VideoReading

__all__ = ["SMOOTHING", "Person", "ends", "peaks", "people", "smoothed", "table"]

SMOOTHING = 0.3  # seconds: the Gaussian's standard deviation
MISSED = 5  # readings over which a face that comes back was there all the time


@dataclass(frozen=True, eq=False)
class Person:
    """One face from its first frame to its last."""

    face: int
    begin: float  # seconds
    end: float
    shares: np.ndarray  # float (C,): the mean of its readings
    row: int  # a typical one: the surest of its commonest emotion


def smoothed(film: VideoReading, sigma: float = SMOOTHING) -> np.ndarray:
    """Probabilities (N, C), each the mean of its face's frames, weighted by a Gaussian of `sigma` seconds around it; 0:
    as they are."""
    told = film.probabilities.astype(float)
    if sigma <= 0:
        return told
    times = film.rows["time"].to_numpy()
    for own in _of_each(film):
        weights = np.exp(-0.5 * ((times[own, None] - times[None, own]) / sigma) ** 2)
        told[own] = weights @ film.probabilities[own] / weights.sum(1, keepdims=True)
    return told


def ends(film: VideoReading) -> np.ndarray:
    """Until when each reading holds, float (N,) in seconds: until its face's next one, where no more than `MISSED` lie
    between, else until the next frame that was read."""
    until, times = np.empty(len(film.rows)), film.rows["time"].to_numpy()
    place = np.searchsorted(film.times, times)
    after = np.append(film.times, np.inf)[place + 1]
    for own in _of_each(film):
        near = np.append(np.diff(place[own]) <= MISSED + 1, False)
        until[own] = np.where(near, np.append(times[own][1:], np.inf), after[own])
    return until


def people(film: VideoReading) -> list[Person]:
    """Each face, the one longest on screen first."""
    told, times = smoothed(film), film.rows["time"].to_numpy()
    found = []
    for number, own in zip(film.rows["face"].unique(), _of_each(film), strict=True):
        shares = film.probabilities[own].mean(0)
        typical = own[int(told[own, shares.argmax()].argmax())]
        found.append(Person(int(number), float(times[own[0]]), float(times[own[-1]]), shares, int(typical)))
    return sorted(found, key=lambda person: person.begin - person.end)


def peaks(film: VideoReading) -> list[tuple[str, int]]:
    """(emotion, row) of the surest moment of each emotion that some face shows at all, in the order of the classes."""
    told = smoothed(film)
    best = told.argmax(1) if len(told) else np.empty(0, int)
    return [
        (name, int(np.flatnonzero(best == i)[told[best == i, i].argmax()]))
        for i, name in enumerate(film.classes)
        if (best == i).any()
    ]


def table(film: VideoReading) -> pd.DataFrame:
    """A row per face and frame: time, face, box, emotion and probabilities, smoothed."""
    told = smoothed(film)
    emotion = [film.classes[i] for i in told.argmax(1)] if len(told) else []
    return pd.concat([film.rows.assign(emotion=emotion), pd.DataFrame(told, columns=list(film.classes))], axis=1)


def _of_each(film: VideoReading) -> Iterable[np.ndarray]:
    """The rows of each face, in the order of `unique`."""
    faces = film.rows["face"].to_numpy()
    return [np.flatnonzero(faces == number) for number in film.rows["face"].unique()]
