"""What a face is drawn with: shapes in face units, for N faces at once.

The head is about two units high: x to the right, y down, z towards the observer, the origin in the middle of the head.
"""

from dataclasses import dataclass, field
from functools import partial
from math import comb

import numpy as np

__all__ = ["Pose", "Shape", "bezier", "join", "mix", "oval", "points", "project", "surface"]

STEPS = 12  # points along a curve
Value = np.ndarray | float  # of each face, or the same for all


@dataclass(frozen=True)
class Shape:
    """A filled outline or, with a `width`, a line; sharp in a colour or, as a `tone`, a soft shadow or highlight."""

    points: np.ndarray  # (N, K, 2)
    colour: np.ndarray = field(default_factory=partial(np.zeros, (1, 3)))  # (N, 3) RGB, 0..255; a tone needs none
    tone: np.ndarray | None = None  # (N,), below 0 a shadow, above 0 a highlight, in [-1, 1]
    width: np.ndarray | float = 0.0  # of the line; 0 fills the outline
    depth: np.ndarray | float | None = None  # z; by default the surface of the face
    where: np.ndarray | None = None  # bool (N,): the faces that have it


@dataclass(frozen=True)
class Pose:
    """Where N heads are and how they are turned; each (N,), angles in radians, lengths as a share of the image."""

    yaw: np.ndarray
    pitch: np.ndarray
    roll: np.ndarray
    scale: np.ndarray
    x: np.ndarray
    y: np.ndarray


def points(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """x, y, each broadcast to (N, K) -> (N, K, 2)."""
    return np.stack(np.broadcast_arrays(x, y), -1)


def bezier(*controls: tuple[Value, Value]) -> np.ndarray:
    """The Bezier curve of control points (x, y), each number or (N,) -> (N, STEPS, 2)."""
    degree, t = len(controls) - 1, np.linspace(0, 1, STEPS)
    weights = [comb(degree, k) * t**k * (1 - t) ** (degree - k) for k in range(degree + 1)]
    x, y = np.zeros((1, STEPS)), np.zeros((1, STEPS))
    for control, weight in zip(controls, weights, strict=True):
        x, y = (axis + np.atleast_1d(at)[:, None] * weight for axis, at in zip((x, y), control, strict=True))
    return points(x, y)


def oval(x: Value, y: Value, width: Value, height: Value, tilt: Value = 0.0) -> np.ndarray:
    """An ellipse of half axes `width`, `height`, turned by `tilt` radians; each number or (N,) -> (N, 16, 2)."""
    x, y, width, height, tilt = (np.atleast_1d(v)[:, None] for v in (x, y, width, height, tilt))
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    across, down = width * np.cos(angle), height * np.sin(angle)
    return points(x + across * np.cos(tilt) - down * np.sin(tilt), y + across * np.sin(tilt) + down * np.cos(tilt))


def join(there: np.ndarray, back: np.ndarray) -> np.ndarray:
    """The outline along one curve and back along another: (N, K, 2), (N, L, 2) -> (N, K + L, 2)."""
    n = max(len(there), len(back))
    parts = [np.broadcast_to(part, (n, *part.shape[1:])) for part in (there, back[:, ::-1])]
    return np.concatenate(parts, 1)


def mix(first: np.ndarray, second: np.ndarray, share: np.ndarray | float) -> np.ndarray:
    """Colours (N, 3) or (3,): `share` of the second, number or (N,)."""
    share = np.reshape(share, (-1, 1))
    return (1 - share) * first + share * second


def surface(at: np.ndarray) -> np.ndarray:
    """z of the face at (..., 2): an ellipsoid, so that a turned head foreshortens what lies aside."""
    height = 1 - (at[..., 0] / 0.86) ** 2 - (at[..., 1] / 1.2) ** 2
    return 0.7 * np.sqrt(height.clip(0.02))


def project(at: np.ndarray, depth: np.ndarray | float | None, pose: Pose) -> np.ndarray:
    """Turn and place points: (N, K, 2) face units -> (N, K, 2) shares of the image, (0, 0) its upper left corner."""
    at = np.broadcast_to(at, (len(pose.yaw), *at.shape[1:]))
    x, y, z = at[..., 0], at[..., 1], surface(at) if depth is None else depth
    yaw, pitch, roll = (angle[:, None] for angle in (pose.yaw, pose.pitch, pose.roll))
    x, z = x * np.cos(yaw) + z * np.sin(yaw), z * np.cos(yaw) - x * np.sin(yaw)
    y = y * np.cos(pitch) + z * np.sin(pitch)
    x, y = x * np.cos(roll) - y * np.sin(roll), x * np.sin(roll) + y * np.cos(roll)
    return points(pose.x[:, None] + pose.scale[:, None] * x, pose.y[:, None] + pose.scale[:, None] * y)
