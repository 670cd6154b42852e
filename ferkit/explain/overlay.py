"""Heat maps as images, with numpy and OpenCV alone."""

import cv2
import numpy as np

__all__ = ["overlay", "resize_map"]


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
