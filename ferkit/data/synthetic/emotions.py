"""Emotions as facial action units (AU), after the EMFACS tables of Ekman and Friesen's Facial Action Coding System.

An AU is one muscle group at work, from 0 (at rest) to 1 (as far as it goes): 1 inner brow raised, 2 outer brow raised,
4 brow lowered, 5 upper lid raised, 6 cheek raised, 7 lids tightened, 9 nose wrinkled, 10 upper lip raised, 12 lip
corner pulled up, 15 lip corner pulled down, 16 lower lip pulled down, 17 chin raised, 20 lips stretched, 23 lips
tightened, 25 lips parted, 26 jaw dropped.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ferkit.errors import DataError

__all__ = ["SHARES", "UNITS", "Expressions", "check_emotions", "likelihood", "sample_expressions"]

UNITS = (1, 2, 4, 5, 6, 7, 9, 10, 12, 15, 16, 17, 20, 23, 25, 26)
ALWAYS = {
    "angry": {4: 1.0, 5: 0.5, 7: 0.7, 23: 0.9},
    "disgust": {9: 1.0, 15: 0.5, 16: 0.5, 10: 0.6, 4: 0.4, 7: 0.4},
    "fear": {1: 1.0, 2: 0.6, 4: 0.6, 5: 1.0, 20: 1.0, 25: 0.6, 26: 0.3},
    "happy": {6: 0.8, 12: 1.0},
    "neutral": {},
    "sad": {1: 1.0, 4: 0.5, 15: 1.0},
    "surprise": {1: 1.0, 2: 1.0, 5: 0.8, 25: 0.8, 26: 1.0},
}
SOMETIMES = {  # (probability, units): the variants each emotion is seen in
    "angry": (0.3, {25: 0.7, 10: 0.5, 16: 0.6}),
    "disgust": (0.3, {25: 0.5, 26: 0.2}),
    "fear": (0.3, {26: 0.4}),
    "happy": (0.6, {25: 0.9, 26: 0.2}),
    "neutral": (0.1, {25: 0.2}),
    "sad": (0.5, {17: 0.8}),
    "surprise": (0.2, {26: -0.4, 25: -0.2}),
}
POSES = {
    "angry": (0.0, 7.0),
    "disgust": (7.0, -4.0),
    "fear": (3.0, -5.0),
    "sad": (0.0, 9.0),
    "surprise": (0.0, -4.0),
}  # degrees: to the side, down
SHARES = {
    "angry": 0.139,
    "disgust": 0.015,
    "fear": 0.143,
    "happy": 0.252,
    "neutral": 0.172,
    "sad": 0.168,
    "surprise": 0.110,
}  # as in FER2013
WEAK = 0.1  # share of faces that show half as much: those that people and networks disagree on
COLUMN = {unit: column for column, unit in enumerate(UNITS)}


@dataclass(frozen=True)
class Expressions:
    """N faces' muscles: `units` float (N, 2, U) in [0, 1], left and right half; `lean` (N, 2), degrees to the
    side and down."""

    units: np.ndarray
    lean: np.ndarray

    def side(self, unit: int, side: int) -> np.ndarray:
        """One AU on one half of the face: side -1 (left in the image) or 1 -> (N,)."""
        return self.units[:, (side + 1) // 2, COLUMN[unit]]

    def __call__(self, unit: int) -> np.ndarray:
        """One AU, mean of both halves -> (N,)."""
        return self.units[:, :, COLUMN[unit]].mean(1)


def check_emotions(emotions: Sequence[str] | None) -> tuple[str, ...]:
    """The emotions asked for, in alphabetical order. Raises DataError for an unknown one, or fewer than two."""
    chosen = tuple(sorted(set(SHARES if emotions is None else emotions)))
    unknown = [emotion for emotion in chosen if emotion not in SHARES]
    if unknown:
        raise DataError(f"Demo faces show {', '.join(SHARES)}; got {', '.join(map(repr, unknown))}. Choose from these.")
    if len(chosen) < 2:
        raise DataError(
            f"Demo faces need at least two different emotions; got {', '.join(chosen) or 'none'}. Add one more."
        )
    return chosen


def sample_expressions(
    labels: np.ndarray, emotions: Sequence[str], rng: np.random.Generator, intensity: tuple[float, float] = (0.4, 1.0)
) -> Expressions:
    """Muscles for N faces: the label's AUs at a random intensity, each AU and each half a little different, with some
    noise on every AU."""
    n = len(labels)
    strength = rng.uniform(*intensity, (n, 1))
    strength *= np.where(rng.random((n, 1)) < WEAK, 0.5, 1)
    variant = rng.random((n, 1)) < np.array([SOMETIMES[e][0] for e in emotions])[labels, None]
    full = (
        _matrix([ALWAYS[e] for e in emotions])[labels] + variant * _matrix([SOMETIMES[e][1] for e in emotions])[labels]
    )
    active = full * strength * rng.uniform(0.75, 1.25, full.shape)
    active += rng.exponential(0.03, full.shape)
    halves = active[:, None] * (1 + rng.normal(0, 0.1, (n, 2, 1)) + rng.normal(0, 0.06, (n, 2, full.shape[1])))
    aside = rng.choice([-1.0, 1.0], n)
    lean = np.array([POSES.get(e, (0.0, 0.0)) for e in emotions])[labels] * strength * np.stack([aside, np.ones(n)], 1)
    return Expressions(halves.clip(0, 1), lean)


def likelihood(expressions: Expressions, emotions: Sequence[str]) -> np.ndarray:
    """How an observer reads each face: (N, E), rows sum to 1, a softmax over the distance to each emotion at medium
    intensity."""
    prototypes = 0.65 * _matrix([ALWAYS[e] for e in emotions])
    distance = ((expressions.units.mean(1)[:, None] - prototypes) ** 2).sum(-1)
    weight = np.exp(-3.0 * (distance - distance.min(1, keepdims=True)))
    return weight / weight.sum(1, keepdims=True)


def _matrix(rows: Sequence[dict[int, float]]) -> np.ndarray:
    return np.array([[row.get(unit, 0.0) for unit in UNITS] for row in rows])
