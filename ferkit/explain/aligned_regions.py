"""The parts of the mean face laid over a face of which landmarks are known."""

import cv2
import numpy as np

from ferkit.explain.face_regions import REGIONS, FaceRegions

__all__ = ["align", "alignment"]


def alignment(regions: FaceRegions, landmarks: np.ndarray) -> np.ndarray:
    """The affine map from the mean face to a face, float (2, 3): its eyes and the middle of its mouth go to those of
    the face. `landmarks` (5, 2) are x, y in pixels of an image of the same size, as `Box.landmarks` orders them."""
    eyes = landmarks[:2][np.argsort(landmarks[:2, 0])]  # the one on the left of the image first
    middle = regions.masks.shape[2] / 2
    own = [(middle - regions.apart, regions.eyes), (middle + regions.apart, regions.eyes), (middle, regions.mouth)]
    face = [*eyes, landmarks[3:].mean(0)]
    source, target = (np.asarray(points, np.float32) - np.float32(0.5) for points in (own, face))  # from pixel centres
    return np.asarray(cv2.getAffineTransform(source, target))


def align(masks: np.ndarray, mean_faces: np.ndarray, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Masks of REGIONS, bool (R, H, W), and mean faces, uint8 (K, H, W[, 3]), laid over the face by `alignment`'s
    matrix; what no part covers is elsewhere."""
    size = masks.shape[2], masks.shape[1]
    moved = np.stack(
        [cv2.warpAffine(mask.astype(np.uint8), matrix, size, flags=cv2.INTER_NEAREST) > 0 for mask in masks]
    )
    elsewhere = REGIONS.index("elsewhere")
    moved[elsewhere] = ~np.delete(moved, elsewhere, axis=0).any(0)
    faces = [cv2.warpAffine(face, matrix, size, borderMode=cv2.BORDER_REPLICATE) for face in mean_faces]
    return moved, np.stack(faces)
