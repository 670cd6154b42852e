"""The parts of a face, found on the mean face of a dataset: brows, eyes, nose, cheeks, mouth, chin, and
elsewhere.

Faces in a dataset are framed alike, so their mean is a face too. Its eyes are the darkest spots of the upper half, one
on each side; its mouth is the darkest row of the lower middle. All other borders follow from these two by proportion.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["REGIONS", "FaceRegions", "face_regions"]

REGIONS = ("brows", "eyes", "nose", "cheeks", "mouth", "chin", "elsewhere")
EYES, MOUTH = 0.37, 0.79  # of the height, where a mean face shows neither
APART = 0.19  # half the distance between the eyes, of the width


@dataclass(frozen=True, eq=False)
class FaceRegions:
    """Where the parts lie. They cover the face, and none overlaps another."""

    masks: np.ndarray  # bool (7, H, W), in the order of REGIONS
    eyes: float  # row of the eyes, in pixels from the upper edge
    mouth: float  # row of the mouth
    apart: float  # columns from the middle to an eye
    found: bool  # False where the mean face showed no eyes or mouth, and usual proportions stand in


def face_regions(mean_face: np.ndarray) -> FaceRegions:
    """The parts of a mean face (H, W) or (H, W, 3), square, of any range of values."""
    face = np.asarray(mean_face, np.float64)
    face = face.mean(2) if face.ndim == 3 else face
    face = (face + face[:, ::-1]) / 2
    side = face.shape[0]
    eyes = _darkest(face[:, _part(side, 0.20, 0.40)].mean(1), 0.22, 0.55)
    mouth = _darkest(face[:, _part(side, 0.38, 0.62)].mean(1), 0.66, 0.92)
    found = eyes is not None and mouth is not None
    top, low = (eyes, mouth) if eyes is not None and mouth is not None else (EYES * side, MOUTH * side)
    column = _darkest(face[_part(side, top / side - 0.06, top / side + 0.06)].mean(0), 0.18, 0.42) if found else None
    apart = side / 2 - column if column is not None else APART * side
    return FaceRegions(_masks(side, top, low, apart), top, low, apart, found)


def _part(side: int, low: float, high: float) -> slice:
    start = max(0, round(low * side))
    return slice(start, max(start + 1, round(high * side)))


def _darkest(profile: np.ndarray, low: float, high: float) -> float | None:
    """The middle of the darkest place between two shares of a profile; None where it only falls towards an end."""
    part = _part(len(profile), low, high)
    place = int(profile[part].argmin())
    inside = 0 < place < part.stop - part.start - 1
    return part.start + place + 0.5 if inside else None


def _masks(side: int, eyes: float, mouth: float, apart: float) -> np.ndarray:
    rows = ((np.arange(side) + 0.5 - eyes) / (mouth - eyes))[:, None]  # 0 at the eyes, 1 at the mouth
    columns = (np.abs(np.arange(side) + 0.5 - side / 2) / apart)[None]  # 0 in the middle, 1 at an eye
    wide = columns < 1.8
    parts = [
        (rows >= -0.42) & (rows < -0.14) & wide,
        (rows >= -0.14) & (rows < 0.18) & wide,
        (rows >= 0.18) & (rows < 0.76) & (columns < 0.55),
        (rows >= 0.18) & (rows < 1.0) & (columns < 2.0),
        (rows >= 0.76) & (rows < 1.24) & (columns < 1.1),
        (rows >= 1.24) & (columns < 1.3),
        np.ones((side, side), bool),
    ]
    order = (0, 1, 2, 4, 3, 5, 6)  # the mouth before the cheeks, which end beside it
    masks, free = np.zeros((len(parts), side, side), bool), np.ones((side, side), bool)
    for part in order:
        masks[part] = parts[part] & free
        free &= ~masks[part]
    return masks
