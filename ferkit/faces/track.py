"""Follow faces from frame to frame, and smooth the probabilities of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ferkit.errors import ConfigError
from ferkit.faces.detect import Box

__all__ = ["Track", "Tracker"]

OVERLAP = 0.2  # least intersection over union of one face in two frames


@dataclass(frozen=True, eq=False)
class Track:
    """One face now."""

    id: int  # the same as long as the face is followed
    box: Box
    probabilities: np.ndarray  # float (C,), smoothed over this face's frames alone


class Tracker:
    """Joins boxes of successive frames by their overlap, the best pairs first; a face missing for `patience` frames is
    forgotten.

    Probabilities of a face: p_t = s p_(t-1) + (1 - s) x_t, with x_t those of this frame and s the smoothing.
    """

    def __init__(self, smoothing: float, patience: int = 15) -> None:
        self.smoothing = smoothing
        self._patience = patience  # frames
        self._tracks: dict[int, Track] = {}
        self._missed: dict[int, int] = {}
        self._next = 1

    @property
    def smoothing(self) -> float:
        """In [0, 1): 0 shows each frame as it is. May be set at any moment."""
        return self._smoothing

    @smoothing.setter
    def smoothing(self, value: float) -> None:
        if not 0 <= value < 1:
            raise ConfigError(f"Expected a smoothing from 0 to below 1, got {value}. Choose one such as 0.6.")
        self._smoothing = float(value)

    def update(self, boxes: Sequence[Box], probabilities: Sequence[np.ndarray] | np.ndarray) -> list[Track]:
        """One frame's N boxes and their probabilities (N, C) -> N tracks in the same order."""
        before = self._match(boxes)
        tracks = [self._follow(box, x, old) for box, x, old in zip(boxes, probabilities, before, strict=True)]
        seen = {track.id: track for track in tracks}
        self._missed = {key: 0 if key in seen else self._missed.get(key, 0) + 1 for key in self._tracks | seen}
        self._tracks = {key: t for key, t in (self._tracks | seen).items() if self._missed[key] <= self._patience}
        return tracks

    def _follow(self, box: Box, x: np.ndarray, old: Track | None) -> Track:
        x = np.asarray(x, float)
        if old is None:
            self._next += 1
            return Track(self._next - 1, box, x)
        if old.probabilities.shape != x.shape:  # another network took over
            return Track(old.id, box, x)
        return Track(old.id, box, self._smoothing * old.probabilities + (1 - self._smoothing) * x)

    def _match(self, boxes: Sequence[Box]) -> list[Track | None]:
        tracks = list(self._tracks.values())
        matched: list[Track | None] = [None] * len(boxes)
        overlap = _overlaps(boxes, [track.box for track in tracks])
        while overlap.size and overlap.max() >= OVERLAP:
            i, j = np.unravel_index(overlap.argmax(), overlap.shape)
            matched[i] = tracks[j]
            overlap[i, :] = overlap[:, j] = -1  # each box and each face only once
        return matched


def _overlaps(a: Sequence[Box], b: Sequence[Box]) -> np.ndarray:
    """Intersection over union of each pair, float (len(a), len(b))."""
    p, q = (np.array([[o.x, o.y, o.x + o.w, o.y + o.h] for o in boxes], float).reshape(-1, 4) for boxes in (a, b))
    low, high = np.maximum(p[:, None, :2], q[None, :, :2]), np.minimum(p[:, None, 2:], q[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(-1)
    areas = (p[:, 2:] - p[:, :2]).prod(-1)[:, None] + (q[:, 2:] - q[:, :2]).prod(-1)[None]
    return shared / np.maximum(areas - shared, 1e-9)
