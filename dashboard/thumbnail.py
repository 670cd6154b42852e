"""One face at the size it is shown."""

import cv2
import numpy as np

__all__ = ["enlarge"]


def enlarge(image: np.ndarray, side: int = 240) -> np.ndarray:
    """A face, uint8 (H, W[, 3]), resized smoothly to (side, side[, 3]), so that the browser neither blurs nor blocks
    it."""
    return cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC if image.shape[0] < side else cv2.INTER_AREA)
