"""Heat maps as images, with numpy and OpenCV alone."""

import cv2
import numpy as np

__all__ = ["AGAINST", "FOR", "clear", "overlay", "resize_map", "signed_overlay", "signed_paint"]

FOR = (203, 45, 20)  # RGB: red and blue, apart for any colour vision
AGAINST = (25, 88, 190)


def clear(face: np.ndarray) -> np.ndarray:
    """A mean face, uint8 (H, W[, 3]), with more contrast, so that its features are seen."""
    low, high = np.percentile(face, (1, 99))
    spread = (face.astype(np.float32) - low) * (190 / max(1.0, float(high - low))) + 40
    return np.rint(spread).clip(0, 255).astype(np.uint8)


def resize_map(heat: np.ndarray, size: int | tuple[int, int]) -> np.ndarray:
    """A heat map (h, w) in [0, 1], enlarged bilinearly to `size` pixels a side or to (height, width): float32 in [0,
    1]."""
    height, width = (size, size) if isinstance(size, int) else size
    clean = np.clip(np.nan_to_num(np.asarray(heat, np.float32)), 0, 1)
    return cv2.resize(clean, (width, height), interpolation=cv2.INTER_LINEAR)


def overlay(
    image: np.ndarray, heat: np.ndarray, *, strength: float = 0.65, colours: int = cv2.COLORMAP_INFERNO
) -> np.ndarray:
    """A heat map (h, w) in [0, 1] over uint8 (H, W) or (H, W, 3): uint8 RGB (H, W, 3).

    The paint covers as much as there is heat, `strength` (in [0, 1]) at most: a cold part shows the face as it is.
    `colours` is one of OpenCV's maps; the default, inferno, grows evenly in lightness and reads the same in gray and
    with any colour vision.
    """
    face = image if image.ndim == 3 else np.repeat(image[:, :, None], 3, axis=2)
    spread = resize_map(heat, face.shape[:2])
    paint = cv2.cvtColor(cv2.applyColorMap(np.rint(spread * 255).astype(np.uint8), colours), cv2.COLOR_BGR2RGB)
    cover = strength * spread[:, :, None]  # (H, W, 1)
    return np.rint(face * (1 - cover) + paint * cover).astype(np.uint8)


def signed_paint(map_: np.ndarray, top: float) -> np.ndarray:
    """A map (h, w), above 0 for and below 0 against, as uint8 RGBA (h, w, 4): red or blue, the more opaque the closer
    to ±`top`."""
    values = np.nan_to_num(np.asarray(map_, np.float32)) / max(top, 1e-12)
    colours = np.where(values[:, :, None] >= 0, np.array(FOR, np.uint8), np.array(AGAINST, np.uint8))
    cover = np.rint(255 * np.clip(np.abs(values), 0, 1)).astype(np.uint8)
    return np.dstack([colours.astype(np.uint8), cover])


def signed_overlay(image: np.ndarray, map_: np.ndarray, top: float, *, strength: float = 0.8) -> np.ndarray:
    """A map (h, w) over uint8 (H, W) or (H, W, 3), which becomes gray: uint8 RGB (H, W, 3), red for, blue against;
    `top` is the magnitude that is painted with `strength`, in [0, 1]."""
    gray = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    size = (gray.shape[1], gray.shape[0])
    spread = cv2.resize(np.nan_to_num(np.asarray(map_, np.float32)), size, interpolation=cv2.INTER_LINEAR)
    paint = signed_paint(spread, top)
    cover = strength * paint[:, :, 3:] / 255
    return np.rint(gray[:, :, None] * (1 - cover) + paint[:, :, :3] * cover).astype(np.uint8)
