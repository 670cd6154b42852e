"""The faces that an export is calibrated, checked and scored on."""

from dataclasses import dataclass

import cv2
import numpy as np

from ferkit.data.faces import Faces
from ferkit.data.synthetic import draw
from ferkit.evaluate.parts import labelled
from ferkit.models import Input
from ferkit.runs import Run

__all__ = ["Sample", "sample", "sized"]

CALIBRATION = 256  # faces whose activations int8 is scaled to
CHECKED = 64  # faces on which an exact format is compared with PyTorch
SPLIT = "val"


@dataclass(frozen=True, eq=False)
class Sample:
    """Faces as the exported file reads them, uint8 (N, size, size) gray or (N, size, size, 3) RGB."""

    calibration: np.ndarray
    origin: str  # of the calibration faces, in words
    checked: np.ndarray
    scored: np.ndarray | None = None  # those of val, where the dataset is here
    labels: np.ndarray | None = None  # int (N,), indices into the run's classes
    ids: np.ndarray | None = None  # str (N,)


def sample(run: Run, reads: Input, faces: Faces | None, seed: int = 0) -> Sample:
    """Training faces to calibrate on and those of val to score, from `faces`; without them, drawn faces for
    calibration and nothing to score. Raises DataError for faces that the run cannot be scored on."""
    if faces is None:
        drawn = sized(_drawn(reads), reads)
        return Sample(drawn[:CALIBRATION], f"{CALIBRATION} drawn faces", drawn[-CHECKED:])
    train = np.flatnonzero(faces.splits == "train")
    pool = train if len(train) else np.arange(len(faces))
    rows = np.sort(np.random.default_rng(seed).choice(pool, min(CALIBRATION, len(pool)), replace=False))
    calibration = sized(faces.images[rows], reads)
    origin = f"{len(rows)} {'training ' if len(train) else ''}faces of {faces.name}"
    if not (faces.splits == SPLIT).any():
        return Sample(calibration, origin, calibration[:CHECKED])
    part, labels, _ = labelled(run, faces, SPLIT)
    scored = sized(part.images, reads)
    return Sample(calibration, origin, scored[:CHECKED], scored, labels, part.ids)


def sized(images: np.ndarray, reads: Input) -> np.ndarray:
    """uint8 (N, H, W[, 3]) -> (N, size, size) for a gray network, (N, size, size, 3) for a colour one."""
    if images.ndim == 4 and reads.channels == 1:
        images = np.stack([cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in images])
    elif images.ndim == 3 and reads.channels == 3:
        images = np.repeat(images[..., None], 3, axis=3)
    if images.shape[1:3] == (reads.size, reads.size):
        return np.ascontiguousarray(images)
    way = cv2.INTER_AREA if images.shape[1] > reads.size else cv2.INTER_LINEAR
    return np.stack([cv2.resize(image, (reads.size, reads.size), interpolation=way) for image in images])


def _drawn(reads: Input) -> np.ndarray:
    side = int(np.clip(reads.size, 16, 512))
    return draw(CALIBRATION + CHECKED, size=side, colour=reads.channels == 3).images
