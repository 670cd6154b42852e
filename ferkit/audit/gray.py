"""Gray values of faces, whether they are stored in gray or in colour, and at one size."""

import cv2
import numpy as np

__all__ = ["SIDE", "gray", "resized"]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601
SIDE = 48  # pixels a side at which faces are compared with each other


def gray(images: np.ndarray) -> np.ndarray:
    """uint8 (N, H, W) as it is, uint8 RGB (N, H, W, 3) -> its luma, uint8 (N, H, W)."""
    return images if images.ndim == 3 else np.rint(images @ LUMA).astype(np.uint8)


def resized(images: np.ndarray, side: int = SIDE) -> np.ndarray:
    """uint8 (N, H, H[, 3]) -> float32 (N, side, side), gray in [0, 255]: the mean over the area where it shrinks, else
    bicubic."""
    faces = gray(images)
    if faces.shape[1:] == (side, side):
        return faces.astype(np.float32)
    method = cv2.INTER_AREA if faces.shape[1] > side else cv2.INTER_CUBIC
    out = np.empty((len(faces), side, side), np.float32)
    for i, face in enumerate(faces):
        out[i] = cv2.resize(face, (side, side), interpolation=method)
    return out
