"""People at random: skin, hair, features at rest, glasses, light, and the pose of the head."""

from dataclasses import dataclass

import numpy as np

from ferkit.data.synthetic.emotions import Expressions
from ferkit.data.synthetic.shapes import Pose, mix

__all__ = ["People", "sample_people", "sample_pose"]

SKINS = np.array(
    [[244, 214, 194], [232, 190, 162], [214, 164, 130], [184, 132, 98], [142, 96, 70], [108, 74, 57]], float
)
HAIRS = np.array(
    [[28, 22, 20], [62, 42, 30], [104, 70, 44], [150, 108, 62], [206, 172, 112], [140, 60, 34], [170, 168, 166]], float
)
IRISES = np.array([[62, 40, 26], [84, 56, 34], [70, 104, 130], [86, 110, 72], [96, 98, 100]], float)
STYLES = ("bald", "short", "fringe", "parted", "long", "curly")


@dataclass(frozen=True)
class People:
    """N people; every array has N rows. Lengths in face units, colours RGB 0..255."""

    skin: np.ndarray
    hair: np.ndarray
    iris: np.ndarray
    shirt: np.ndarray
    style: np.ndarray  # index into STYLES
    strands: np.ndarray  # (N, 12): how strands differ
    part: np.ndarray  # side of the parting, in [-1, 1]
    volume: np.ndarray  # of the hair
    width: np.ndarray  # half width of the head
    jaw: np.ndarray  # how much the head tapers towards the chin, 0 square .. 1 pointed
    brow: np.ndarray  # y at rest
    thick: np.ndarray  # of the brows
    slant: np.ndarray  # of the brows at rest
    eye: np.ndarray  # half width
    open: np.ndarray  # of the lids at rest
    nose: np.ndarray  # half width
    mouth: np.ndarray  # half width
    lips: np.ndarray  # thickness
    curve: np.ndarray  # of the mouth at rest, > 0 corners up
    beard: np.ndarray  # 0 none .. 1 full
    moustache: np.ndarray
    glasses: np.ndarray  # bool
    rims: np.ndarray
    age: np.ndarray  # 0 smooth .. 1 lined
    gaze: np.ndarray  # (N, 2)
    light: np.ndarray  # (N, 3): from the left/right, from above, towards the face; unit length

    def styled(self, *names: str) -> np.ndarray:
        """bool (N,): whether the hair has one of these styles."""
        return np.isin(self.style, [STYLES.index(name) for name in names])


def sample_people(n: int, rng: np.random.Generator) -> People:
    """n people at random."""
    tone = rng.uniform(0, len(SKINS) - 1.001, n)
    low = tone.astype(int)
    skin = mix(SKINS[low], SKINS[low + 1], tone - low)
    dark = tone > 3.2
    hair = HAIRS[np.where(dark, rng.integers(0, 2, n), rng.integers(0, len(HAIRS), n))]
    style = rng.choice(len(STYLES), n, p=[0.08, 0.26, 0.16, 0.18, 0.2, 0.12])
    bearded = (style != STYLES.index("long")) & (rng.random(n) < 0.3)
    light = np.stack([rng.uniform(-0.8, 0.8, n), rng.uniform(-0.8, 0.1, n), np.ones(n)], 1)
    return People(
        skin=skin,
        hair=(hair * rng.uniform(0.8, 1.2, (n, 1))).clip(0, 255),
        iris=IRISES[np.where(dark, 0, rng.integers(0, len(IRISES), n))],
        shirt=rng.uniform(30, 220, (n, 3)),
        style=style,
        strands=rng.normal(0, 0.6, (n, 12)),
        part=rng.uniform(-1, 1, n),
        volume=rng.uniform(0.08, 0.22, n),
        width=rng.uniform(0.7, 0.8, n),
        jaw=rng.uniform(0.1, 0.38, n),
        brow=rng.normal(-0.285, 0.015, n),
        thick=rng.uniform(0.024, 0.05, n),
        slant=rng.normal(0, 0.012, n),
        eye=rng.uniform(0.145, 0.175, n),
        open=rng.uniform(0.066, 0.084, n),
        nose=rng.uniform(0.11, 0.16, n),
        mouth=rng.uniform(0.23, 0.29, n),
        lips=rng.uniform(0.75, 1.3, n),
        curve=rng.normal(0.0, 0.012, n),
        beard=np.where(bearded, rng.uniform(0.3, 1, n), 0),
        moustache=np.where(bearded & (rng.random(n) < 0.8), rng.uniform(0.4, 1, n), 0),
        glasses=rng.random(n) < 0.16,
        rims=rng.uniform(10, 90, (n, 1)) * np.ones(3),
        age=rng.random(n) ** 2,
        gaze=rng.normal(0, [0.025, 0.01], (n, 2)),
        light=light / np.linalg.norm(light, axis=1, keepdims=True),
    )


def sample_pose(expressions: Expressions, rng: np.random.Generator) -> Pose:
    """Heads at random, leaning as their emotion does: yaw, pitch and roll within about 20, 12 and 10 degrees."""
    n = len(expressions.lean)
    turn = np.radians(rng.normal(0, [8, 4, 4], (n, 3)) + np.pad(expressions.lean, ((0, 0), (0, 1)))).clip(-0.42, 0.42)
    scale = rng.uniform(0.47, 0.55, n)
    x = 0.5 + rng.normal(0, 0.025, n) - 0.35 * scale * np.sin(turn[:, 0])
    return Pose(
        turn[:, 0], turn[:, 1], turn[:, 2], scale, x, 0.475 + rng.normal(0, 0.025, n) - 0.3 * scale * np.sin(turn[:, 1])
    )
