"""Whether a face that comes back is one that was there before: by its looks, not by where it is.

The features of a network that reads emotions tell expressions apart, not people, so looks are compared in the picture:
a coarse image of head and surroundings, and its colours.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ferkit.faces.crop import square_crop
from ferkit.faces.detect import Box

__all__ = ["ALIKE", "Stretch", "distances", "looks", "same_faces"]

ALIKE = 0.25  # greatest distance of the looks of one face
AROUND = 0.5  # of the box's longer side, both edges together: hair and collar stay, expressions weigh less
COARSE = 12  # pixels a side of the coarse image
BINS = (8, 4, 4)  # hue, saturation, brightness
MOST = 400  # stretches that are compared


@dataclass(frozen=True, eq=False)
class Stretch:
    """A face followed without a gap."""

    begin: float  # seconds
    end: float
    looks: np.ndarray  # float (D,): the mean of `looks` over its frames


def looks(rgb: np.ndarray, box: Box) -> np.ndarray:
    """How a face of uint8 RGB (H, W, 3) looks, float (D,): its coarse image at unit contrast, then the square roots of
    its shares of colours."""
    crop = cv2.resize(square_crop(rgb, box, AROUND), (48, 48), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), (COARSE, COARSE), interpolation=cv2.INTER_AREA)
    flat = coarse.ravel().astype(float) - coarse.mean()
    colours = cv2.cvtColor(crop, cv2.COLOR_RGB2HSV)
    counts = cv2.calcHist([colours], [0, 1, 2], None, list(BINS), [0, 180, 0, 256, 0, 256]).ravel()
    return np.concatenate([flat / max(1e-9, float(np.linalg.norm(flat))), np.sqrt(counts / counts.sum())])


def same_faces(stretches: Sequence[Stretch], alike: float = ALIKE) -> list[int]:
    """Which face each stretch is of, numbered from 0 in order of their first stretch: the most alike are joined first,
    never two that are there at the same time."""
    members = {i: [i] for i in range(len(stretches))}
    if len(stretches) <= MOST:
        for i, j in _pairs(stretches, alike):
            a, b = (next(key for key, group in members.items() if k in group) for k in (i, j))
            if a != b and _apart([stretches[k] for k in members[a] + members[b]]):
                members[min(a, b)] += members.pop(max(a, b))
    groups = sorted(members.values(), key=lambda group: min(stretches[k].begin for k in group))
    return [next(number for number, group in enumerate(groups) if i in group) for i in range(len(stretches))]


def distances(rows: np.ndarray) -> np.ndarray:
    """Of the looks (N, D), each pair's, float (N, N): the mean of 1 - correlation of the coarse images and the squared
    Hellinger distance of the colours."""
    image, colours = rows[:, : COARSE**2], rows[:, COARSE**2 :]
    image = image / np.maximum(1e-9, np.linalg.norm(image, axis=1, keepdims=True))
    colours = colours / np.maximum(1e-9, np.linalg.norm(colours, axis=1, keepdims=True))
    return np.asarray(1 - (image @ image.T + colours @ colours.T) / 2)


def _pairs(stretches: Sequence[Stretch], alike: float) -> list[tuple[int, int]]:
    """Pairs at most `alike` apart, the most alike first."""
    if len(stretches) < 2:
        return []
    distance = distances(np.stack([stretch.looks for stretch in stretches]))
    first, second = np.triu_indices(len(stretches), 1)
    order = np.argsort(distance[first, second], kind="stable")
    return [(int(first[k]), int(second[k])) for k in order if distance[first[k], second[k]] <= alike]


def _apart(stretches: list[Stretch]) -> bool:
    """Whether each ends before the next one begins."""
    ordered = sorted(stretches, key=lambda stretch: stretch.begin)
    return all(a.end < b.begin for a, b in itertools.pairwise(ordered))
