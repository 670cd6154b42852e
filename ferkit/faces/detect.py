"""Find faces: by YuNet when its file is there, else by the Haar cascade that ships with OpenCV.

Wu et al. 2023, YuNet: A Tiny Millisecond-level Face Detector, doi:10.1007/s11633-023-1423-y.
Viola and Jones 2001, Rapid Object Detection using a Boosted Cascade of Simple Features, doi:10.1109/CVPR.2001.990517.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np

from ferkit.errors import ConfigError, MediaError
from ferkit.faces.yunet import first_use, yunet_file

__all__ = ["LIVE", "PHOTO", "Box", "Detector", "Effort", "detector"]

CASCADE = "haarcascade_frontalface_alt2.xml"
SAME_FACE = 0.5  # of the smaller box within the other: both are the same face
FRAME = 0.25  # added around the image in the second pass, for a face that fills it


@dataclass(frozen=True)
class Box:
    """A face's box in pixels of its image."""

    x: int
    y: int
    w: int
    h: int
    score: float  # in [0, 1]; YuNet's score, or n / (n + 4) for n agreeing windows of the cascade
    landmarks: tuple[tuple[float, float], ...] = ()  # x, y of both eyes, the nose, both corners of the mouth: YuNet's


@dataclass(frozen=True)
class Effort:
    """How thoroughly to search."""

    side: int  # pixels: the longest side of the copy that is searched
    smallest: float  # a face, as a share of the shorter side
    step: float  # Haar: from one window size to the next
    neighbours: int  # Haar: how many windows must agree
    insist: bool  # search again, less strictly, where nothing was found
    enlarge: int = 1  # YuNet: search a second copy too, this many times as large, for small faces


PHOTO = Effort(side=640, smallest=0.05, step=1.1, neighbours=4, insist=True, enlarge=2)
LIVE = Effort(side=320, smallest=0.12, step=1.2, neighbours=3, insist=False)


class Detector:
    """Finds faces in an image. Safe under threads: OpenCV's detectors are not, so each has a lock."""

    name: ClassVar[str] = ""
    path: Path | None = None  # of the network's ONNX file, where the detector is one

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def detect(self, rgb: np.ndarray, effort: Effort = PHOTO) -> list[Box]:
        """Boxes of the faces in uint8 RGB (H, W, 3), largest first, within the image. Raises MediaError for any
        other array."""
        if rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
            raise MediaError(f"Expected a uint8 RGB image (H, W, 3), got {rgb.dtype} {rgb.shape}. Convert it first.")
        candidates = self._candidates(rgb, effort)
        if not len(candidates) and effort.insist:
            framed, scale, edge = _framed(rgb, effort.side)
            candidates = _moved(self._search(framed, effort, strict=False), edge, scale)
        boxes = (_clip(row, rgb.shape[1], rgb.shape[0]) for row in _suppress(candidates))
        return sorted((box for box in boxes if box.w > 0 and box.h > 0), key=lambda box: -box.w * box.h)

    def _candidates(self, rgb: np.ndarray, effort: Effort) -> np.ndarray:
        """Boxes before those of one face are merged, in pixels of the image."""
        copy, scale = _resized(rgb, effort.side)
        return _moved(self._search(copy, effort, strict=True), 0, scale)

    def _search(self, rgb: np.ndarray, effort: Effort, strict: bool) -> np.ndarray:
        with self._lock:
            return self._find(rgb, effort, strict)

    def _find(self, rgb: np.ndarray, effort: Effort, strict: bool) -> np.ndarray:
        """uint8 (h, w, 3) -> float (N, 5) or (N, 15): x, y, w, h, score, and x, y of five landmarks."""
        raise TypeError(f"{type(self).__name__} defines no search")


class YuNet(Detector):
    """A network of 76,000 parameters. Raises ConfigError when `path` is not its file."""

    name = "YuNet"

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        try:
            self._net = cv2.FaceDetectorYN.create(str(path), "", (64, 64))
            self._net.detect(np.zeros((64, 64, 3), np.uint8))  # a network of another kind fails only here
        except cv2.error as error:
            raise ConfigError(
                f"Expected YuNet's ONNX file, got {path.name}, which OpenCV cannot run. Replace or remove it."
            ) from error

    def _candidates(self, rgb: np.ndarray, effort: Effort) -> np.ndarray:
        """Also those of the enlarged copy; a face that fills it is found in the other one."""
        found = super()._candidates(rgb, effort)
        if effort.enlarge > 1:
            copy, scale = _resized(rgb, effort.enlarge * effort.side, effort.enlarge)
            more = _moved(self._search(copy, effort, strict=True), 0, scale)
            found = np.concatenate([part for part in (found, more) if len(part)] or [found])
        return found

    def _find(self, rgb: np.ndarray, effort: Effort, strict: bool) -> np.ndarray:
        height, width = rgb.shape[:2]
        self._net.setInputSize((width, height))
        self._net.setScoreThreshold(0.7 if strict else 0.6)
        _, rows = self._net.detect(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
        if rows is None:
            return np.empty((0, 5))
        boxes = np.column_stack([rows[:, :4], rows[:, 14], rows[:, 4:14]]).astype(float)
        boxes = boxes[np.isfinite(boxes).all(1)]  # an image of a few rows gives infinite boxes
        return boxes[boxes[:, 3] >= effort.smallest * min(height, width)]


class Haar(Detector):
    """The cascade of boosted Haar features for upright frontal faces."""

    name = "Haar cascade"

    def __init__(self) -> None:
        super().__init__()
        self._cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / CASCADE))
        if self._cascade.empty():
            raise ConfigError(
                f"OpenCV {cv2.__version__} comes without {CASCADE}. Install opencv-python-headless>=4.11,<5."
            )

    def _find(self, rgb: np.ndarray, effort: Effort, strict: bool) -> np.ndarray:
        gray = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
        if not strict:
            gray = cv2.equalizeHist(gray)
        step = effort.step if strict else min(effort.step, 1.06)
        least = max(20, round(effort.smallest * min(gray.shape)))
        boxes, windows = self._cascade.detectMultiScale2(gray, step, effort.neighbours, minSize=(least, least))
        counts = np.array(windows, float)
        return np.column_stack([np.array(boxes, float).reshape(-1, 4), counts / (counts + 4)])


def detector() -> Detector:
    """The best detector there is; keep it, loading takes a while.

    YuNet if `FERKIT_YUNET` names its file or one lies in `data/models/`, where the first use tries to fetch it; else
    Haar. Raises ConfigError when that file is missing or broken.
    """
    path = yunet_file() or first_use()
    return Haar() if path is None else YuNet(path)


def _resized(rgb: np.ndarray, side: int, most: float = 1.0) -> tuple[np.ndarray, float]:
    """A copy with its longest side at most `side`, enlarged at most `most` times, and its scale."""
    scale = min(most, side / max(rgb.shape[:2]))
    return _resize(rgb, scale), scale


def _moved(candidates: np.ndarray, edge: int, scale: float) -> np.ndarray:
    """Candidates of a copy with an edge around it, in pixels of the image."""
    moved = candidates - np.array([edge, edge, 0, 0, 0, *[edge] * (candidates.shape[1] - 5)])
    moved[:, [i for i in range(moved.shape[1]) if i != 4]] /= scale
    return moved


def _framed(rgb: np.ndarray, side: int) -> tuple[np.ndarray, float, int]:
    """A copy for the second pass, at least 160 pixels, its edges repeated outwards: it, its scale, the width of that
    frame."""
    longest = max(rgb.shape[:2])
    scale = min(side, max(longest, 160)) / longest
    edge = round(FRAME * longest * scale)
    return cv2.copyMakeBorder(_resize(rgb, scale), edge, edge, edge, edge, cv2.BORDER_REPLICATE), scale, edge


def _resize(rgb: np.ndarray, scale: float) -> np.ndarray:
    size = max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale))
    # a large photo is thinned first, to about twice the size, which takes a quarter of the time
    skip = max(1, int(1 / scale) // 2)
    return cv2.resize(rgb[::skip, ::skip], size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _suppress(candidates: np.ndarray) -> list[np.ndarray]:
    """Non-maximum suppression: the best box of each face; overlap is a share of the smaller box, so that no box is kept
    within another."""
    kept: list[np.ndarray] = []
    for row in candidates[np.argsort(-candidates[:, 4], kind="stable")]:
        if all(_overlap(row, other) < SAME_FACE for other in kept):
            kept.append(row)
    return kept


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection of two boxes as a share of the smaller."""
    sides = np.minimum(a[:2] + a[2:4], b[:2] + b[2:4]) - np.maximum(a[:2], b[:2])
    return float(np.prod(np.maximum(sides, 0)) / max(1e-9, min(a[2] * a[3], b[2] * b[3])))


def _clip(row: np.ndarray, width: int, height: int) -> Box:
    left, top = max(0, round(row[0])), max(0, round(row[1]))
    right, bottom = min(width, round(row[0] + row[2])), min(height, round(row[1] + row[3]))
    landmarks = tuple((float(x), float(y)) for x, y in row[5:].reshape(-1, 2))
    return Box(left, top, right - left, bottom - top, float(row[4]), landmarks)
