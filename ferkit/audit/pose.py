"""Where faces lie in their images, and the same faces upright and in the same place."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import cv2
import numpy as np

from ferkit.audit.gray import resized

__all__ = ["Pose", "compose", "join", "straighten", "warp"]


@dataclass(frozen=True)
class Pose:
    """Where N faces lie; each array (N,)."""

    roll: np.ndarray  # degrees, > 0 turned clockwise in the image
    scale: np.ndarray  # of the face to the mean face's
    across: np.ndarray  # shift from the middle as a share of the image's side, > 0 to the right
    down: np.ndarray  # > 0 downwards
    likeness: np.ndarray  # correlation with the mean face in this pose, in [-1, 1]

    def __len__(self) -> int:
        return len(self.roll)

    def __getitem__(self, part: slice | np.ndarray) -> "Pose":
        return Pose(*(getattr(self, field.name)[part] for field in fields(self)))

    def matrices(self, side: int, out: int) -> np.ndarray:
        """float (N, 2, 3): from pixels of the upright face, `out` a side, to pixels of the image, `side` a side."""
        angle, ratio = np.radians(self.roll), side / out
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) * self.scale
        turn = turn.transpose(2, 0, 1) * ratio  # (N, 2, 2)
        move = np.stack([self.across, self.down], 1) * side + (side - 1) / 2 - turn.sum(2) * (out - 1) / 2
        return np.concatenate([turn, move[:, :, None]], 2)


def straighten(images: np.ndarray, pose: Pose, out: int) -> np.ndarray:
    """Gray faces turned upright, of equal size and in the same place: uint8 (N, H, H[, 3]) -> float32 (N, out, out) in
    [0, 255], by cubic interpolation of faces of 48 x 48 pixels."""
    return warp(resized(images), pose, out, cv2.INTER_CUBIC).clip(0, 255)


def warp(faces: np.ndarray, pose: Pose, out: int, method: int = cv2.INTER_LINEAR) -> np.ndarray:
    """float32 (N, S, S) -> (N, out, out), each pixel taken from where its face has it; edges repeat."""
    upright = np.empty((len(faces), out, out), np.float32)
    flags = method | cv2.WARP_INVERSE_MAP
    for i, matrix in enumerate(pose.matrices(faces.shape[1], out)):
        upright[i] = cv2.warpAffine(faces[i], matrix, (out, out), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return upright


def compose(first: Pose, second: Pose) -> Pose:
    """The pose of faces that, made upright by `first`, have the pose `second`."""
    angle = np.radians(first.roll)
    cos, sin = np.cos(angle) * first.scale, np.sin(angle) * first.scale
    return Pose(
        first.roll + second.roll,
        first.scale * second.scale,
        first.across + cos * second.across - sin * second.down,
        first.down + sin * second.across + cos * second.down,
        second.likeness,
    )


def join(parts: Sequence[Pose]) -> Pose:
    """The poses of all parts, in their order."""
    names = [field.name for field in fields(Pose)]
    return Pose(*(np.concatenate([getattr(part, name) for part in parts] or [np.empty(0)]) for name in names))
