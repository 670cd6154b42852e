"""Kernels and feature maps as small images, in colour scales of even lightness."""

from functools import cache

import cv2
import numpy as np

__all__ = ["CRISP", "diverging", "enlarged", "in_colour", "sequential"]

CRISP = cv2.INTER_NEAREST
BELOW, ZERO, ABOVE = (30, 84, 158), (244, 244, 244), (178, 60, 22)  # blue, off-white, rust: safe for any colour vision


@cache
def _table() -> np.ndarray:
    """uint8 (256, 3): from `BELOW` over `ZERO` to `ABOVE` along straight lines in CIELAB."""
    ends = np.array([[BELOW, ZERO, ABOVE]], np.float32) / 255
    lab = cv2.cvtColor(ends, cv2.COLOR_RGB2LAB)[0]
    steps = np.linspace(0, 2, 256)
    path = np.stack([np.interp(steps, range(3), lab[:, channel]) for channel in range(3)], 1).astype(np.float32)
    return np.rint(np.clip(cv2.cvtColor(path[None], cv2.COLOR_LAB2RGB)[0], 0, 1) * 255).astype(np.uint8)


def diverging(arrays: np.ndarray) -> np.ndarray:
    """Signed (n, h, w) -> uint8 RGB (n, h, w, 3), zero as off-white; all on one scale, so that a weak one is pale."""
    top = max(float(np.abs(arrays).max(initial=0)), 1e-12)
    return _table()[np.rint((arrays / top + 1) * 127.5).astype(np.uint8)]


def in_colour(arrays: np.ndarray) -> np.ndarray:
    """Kernels over red, green and blue, (n, 3, h, w) -> uint8 RGB (n, h, w, 3), zero as middle gray; all on one
    scale."""
    top = max(float(np.abs(arrays).max(initial=0)), 1e-12)
    return np.rint((arrays.transpose(0, 2, 3, 1) / top + 1) * 127.5).astype(np.uint8)


def sequential(arrays: np.ndarray) -> np.ndarray:
    """(n, h, w) -> uint8 RGB (n, h, w, 3) from dark to bright, each on its own scale."""
    low = arrays.min((1, 2), keepdims=True)
    span = np.maximum(arrays.max((1, 2), keepdims=True) - low, 1e-12)
    shades = np.rint((arrays - low) / span * 255).astype(np.uint8)
    return np.stack(
        [cv2.cvtColor(cv2.applyColorMap(shade, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2RGB) for shade in shades]
    )


def enlarged(images: np.ndarray, side: int, interpolation: int = cv2.INTER_CUBIC) -> np.ndarray:
    """uint8 (n, h, w, 3) -> (n, side, side, 3); `CRISP` shows each value as a square."""
    return np.stack([cv2.resize(image, (side, side), interpolation=interpolation) for image in images])
