"""The mean face of a dataset, and in which pose each face is most like it.

    mean = learn(images)                  # sharpened by aligning the faces to it again and again
    pose = mean.align(images)             # roll, scale and shift of each face, and how much it looks like the mean face

No landmark detector is needed, so it works for drawings and for faces that detectors miss. Learned-Miller 2006, Data
Driven Image Models through Continuous Joint Alignment, doi:10.1109/TPAMI.2006.34, with a search of all poses on a grid
instead of a descent: one matrix product compares faces with the mean face in a thousand poses.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np

from ferkit.audit.gray import SIDE, resized
from ferkit.audit.pose import Pose, compose, join, warp

__all__ = ["BLOCK", "MeanFace", "blocks", "flatten", "learn"]

ROUNDS = 4  # of aligning to the mean face and taking the mean again
SAMPLE = 4000  # faces the mean face is learnt from, at most
BLOCK = 1024  # faces at a time, to bound memory
ROUGH = (range(-30, 31, 5), (0.87, 1.0, 1.15), range(-4, 5, 2), range(-4, 5, 2))  # degrees, scale, pixels across, down
FINE = ((-5, -2.5, 0, 2.5, 5), (0.93, 1.0, 1.07), (-1, 0, 1), (-1, 0, 1))
SPREAD = (15.0, 0.21, 4.2, 4.2)  # of poses: degrees, log scale, pixels across and down
PRIOR = 0.015  # correlation that a pose must gain for every squared `SPREAD` from upright, centred, of mean size
SIGMA = 4.0  # pixels; what is coarser is illumination

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class MeanFace:
    """The mean of aligned faces, flattened (see `flatten`) and mirror-symmetric: float32 (48, 48)."""

    pixels: np.ndarray

    def align(self, images: np.ndarray, progress: Progress | None = None) -> Pose:
        """The pose of each face, uint8 (N, H, H[, 3]); `roll` is between -37 and 37 degrees."""
        parts = []
        for at in blocks(len(images)):
            faces = flatten(images[at])
            rough = _search(faces, self.pixels, ROUGH, PRIOR)
            parts.append(compose(rough, _search(warp(faces, rough, SIDE), self.pixels, FINE, 0.0)))
            if progress:
                progress(min(at.stop, len(images)), len(images))
        return join(parts)

    @property
    def eye(self) -> tuple[int, int]:
        """Row and column of the left eye, the darkest place of the upper left quarter; the right eye mirrors it."""
        row = 10 + int(self.pixels[10:27, 9:19].mean(1).argmin())
        return row, 6 + int(self.pixels[row - 1 : row + 2, 6:21].mean(0).argmin())

    @property
    def mouth(self) -> int:
        """Row of the mouth, the darkest of the lower third on both sides of the nose."""
        return 30 + int(self.pixels[30:42, 15:20].mean(1).argmin())


def learn(images: np.ndarray, seed: int = 0) -> MeanFace:
    """The mean face of images, uint8 (N, H, H[, 3]), from at most 4,000 of them, drawn by `seed`."""
    if len(images) > SAMPLE:
        images = images[np.sort(np.random.default_rng(seed).choice(len(images), SAMPLE, replace=False))]
    faces = flatten(images)
    mean = _mean(faces)
    for _ in range(ROUNDS):
        pose = join([_search(faces[at], mean, ROUGH, PRIOR) for at in blocks(len(faces))])
        centred = Pose(  # so that the mean face stays in its place, as large as faces are
            pose.roll,
            pose.scale / np.exp(np.log(pose.scale).mean()),
            pose.across - pose.across.mean(),
            pose.down - pose.down.mean(),
            pose.likeness,
        )
        mean = _mean(warp(faces, centred, SIDE))
    return MeanFace(mean)


def flatten(images: np.ndarray) -> np.ndarray:
    """Faces without their coarse illumination, at equal contrast everywhere: uint8 (N, H, H[, 3]) -> float32
    (N, 48, 48).

    (I - G * I) / (sqrt(G * (I - G * I)²) + 8) with a Gaussian G of 4 pixels, I in [0, 255].
    """
    faces = resized(images)
    for i, face in enumerate(faces):
        detail = face - _blurred(face)
        faces[i] = detail / (np.sqrt(_blurred(detail * detail)) + 8)
    return faces


def blocks(n: int, size: int = BLOCK) -> Iterator[slice]:
    """`n` rows in blocks of `size`."""
    return (slice(k, k + size) for k in range(0, n, size))


def _blurred(image: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), SIGMA, borderType=cv2.BORDER_REPLICATE)


def _window() -> np.ndarray:
    """How much each pixel counts: an ellipse with a soft rim, (48 * 48,), summing to 1."""
    axis = (np.arange(SIDE) + 0.5) / SIDE - 0.5
    weight = 1 / (1 + np.exp((np.hypot(axis[None] / 0.42, axis[:, None] / 0.46) - 1) / 0.06))
    return (weight / weight.sum()).ravel().astype(np.float32)


WINDOW = _window()


def _normed(faces: np.ndarray) -> np.ndarray:
    """(N, 48, 48) -> (N, 48 * 48) of mean 0 and variance 1 inside the window; a flat face stays 0."""
    rows = faces.reshape(len(faces), SIDE * SIDE)
    rows = rows - (rows @ WINDOW)[:, None]
    return rows / (np.sqrt((rows * rows) @ WINDOW)[:, None] + 1e-4)


def _mean(faces: np.ndarray) -> np.ndarray:
    mean = _normed(faces).mean(0).reshape(SIDE, SIDE)
    return ((mean + mean[:, ::-1]) / 2).astype(np.float32)


def _search(faces: np.ndarray, mean: np.ndarray, axes: tuple, prior: float) -> Pose:
    """The best pose of a grid for each face; the roll between grid points by a parabola."""
    roll, scale, across, down = np.array(list(product(*axes)), float).T
    grid = Pose(roll, scale, across / SIDE, down / SIDE, np.zeros(len(roll)))
    templates = _posed(mean, grid)
    similarity = _normed(faces) @ (_normed(templates) * WINDOW).T  # (N, poses)
    cost = sum((part / spread) ** 2 for part, spread in zip((roll, np.log(scale), across, down), SPREAD, strict=True))
    score = similarity - (prior * cost).astype(np.float32)
    best, rolls = score.argmax(1), np.array(list(axes[0]), float)
    turned = rolls[0] + (rolls[1] - rolls[0]) * _peak(
        score.reshape(len(faces), len(rolls), len(grid) // len(rolls)).max(2)
    )
    likeness = similarity[np.arange(len(faces)), best]
    return Pose(turned, grid.scale[best], grid.across[best], grid.down[best], likeness)


def _posed(mean: np.ndarray, grid: Pose) -> np.ndarray:
    """The mean face in each pose: float32 (poses, 48, 48)."""
    matrices = grid.matrices(SIDE, SIDE)
    return np.stack([cv2.warpAffine(mean, m, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE) for m in matrices])


def _peak(rows: np.ndarray) -> np.ndarray:
    """Where each row (N, K) is largest, between places by the parabola through three of them: (N,) in [0, K - 1]."""
    best = rows.argmax(1)
    inner = best.clip(1, rows.shape[1] - 2)
    left, middle, right = (np.take_along_axis(rows, (inner + k)[:, None], 1)[:, 0] for k in (-1, 0, 1))
    bend = left - 2 * middle + right
    step = np.divide(0.5 * (left - right), bend, out=np.zeros(len(rows)), where=(bend < 0) & (inner == best))
    return best + step.clip(-0.5, 0.5)
