"""Drawn faces with what is known of them: openings of lids and lips, height of the brows, roll of the head."""

from dataclasses import dataclass

import numpy as np

from ferkit.data.synthetic.emotions import SHARES, Expressions, sample_expressions
from ferkit.data.synthetic.people import People, sample_people, sample_pose
from ferkit.data.synthetic.render import render


@dataclass(frozen=True)
class Drawn:
    """N faces; lengths in units of half a head."""

    images: np.ndarray
    roll: np.ndarray  # degrees
    size: np.ndarray
    lids: np.ndarray  # distance of upper and lower lid
    lips: np.ndarray
    brows: np.ndarray  # above the middle of the head
    glasses: np.ndarray


def drawn(n: int = 500, seed: int = 0, size: int = 48, colour: bool = False) -> Drawn:
    rng = np.random.default_rng(seed)
    emotions = tuple(SHARES)
    e = sample_expressions(rng.integers(0, len(emotions), n), emotions, rng)
    p = sample_people(n, rng)
    pose = sample_pose(e, rng)
    images = render(p, e, pose, size, colour, rng)
    return Drawn(images, np.degrees(pose.roll), pose.scale, _lids(p, e), _lips(e), _brows(p, e), p.glasses)


def _lids(p: People, e: Expressions) -> np.ndarray:
    """As `ferkit.data.synthetic.eyes` draws them."""
    upper = p.open * (1 + 0.85 * e(5) - 0.3 * e(7) - 0.35 * e(6) - 0.3 * e(9) - 0.12 * e(4))
    lower = p.open * (0.72 + 0.25 * e(5) - 0.4 * e(7) - 0.75 * e(6) - 0.3 * e(9))
    return upper.clip(0.012) + lower.clip(0.006)


def _lips(e: Expressions) -> np.ndarray:
    """As `ferkit.data.synthetic.mouth` draws them."""
    parted = e(25) * (1 - 0.5 * e(23))
    up = 0.035 * parted + 0.055 * e(10) * parted + 0.035 * e(26)
    return up + 0.07 * parted + 0.06 * e(16) * (0.3 + 0.7 * parted) + 0.22 * e(26) + 0.03 * e(10)


def _brows(p: People, e: Expressions) -> np.ndarray:
    """As `ferkit.data.synthetic.eyes` draws them."""
    return -p.brow + 0.03 + 0.07 * e(1) + 0.11 * e(2) - 0.05 * e(4) - 0.05 * e(9) - 0.02 * e(6)
