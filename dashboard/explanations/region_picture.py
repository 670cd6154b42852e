"""The parts of the face, drawn on the mean face."""

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ferkit.explain.overlay import clear

__all__ = ["draw", "png"]

LINE, INK = (255, 255, 255), (20, 20, 28)
TINTS = ((232, 163, 23), (59, 130, 196), (47, 158, 110), (139, 92, 246), (220, 74, 61), (20, 163, 168))  # RGB


def draw(mean_face: np.ndarray, masks: np.ndarray, regions: tuple[str, ...], side: int = 480) -> np.ndarray:
    """A face uint8 (H, W[, 3]) and regions bool (R, H, W), the last being the rest, as uint8 RGB (side, side, 3), each
    tinted and named."""
    face = mean_face if mean_face.ndim == 3 else np.repeat(mean_face[:, :, None], 3, 2)
    picture = cv2.resize(clear(face), (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    middles = {}
    for name, mask, tint in zip(regions[:-1], masks[:-1], TINTS, strict=False):
        grown = cv2.resize(mask.astype(np.uint8), (side, side), interpolation=cv2.INTER_NEAREST).astype(bool)
        picture[grown] = 0.68 * picture[grown] + 0.32 * np.array(tint, np.float32)
        middles[name] = _middle(grown)
    drawing = Image.fromarray(np.rint(picture).clip(0, 255).astype(np.uint8))
    pen, font = ImageDraw.Draw(drawing), ImageFont.load_default(size=side / 19)
    for name, (x, y) in middles.items():
        pen.text((x, y), name, font=font, anchor="mm", fill=LINE, stroke_width=max(1, side // 160), stroke_fill=INK)
    return np.asarray(drawing)


def png(picture: np.ndarray) -> bytes:
    """A picture uint8 RGB (H, W, 3) as a file."""
    return bytes(cv2.imencode(".png", picture[..., ::-1])[1])


def _middle(mask: np.ndarray) -> tuple[float, float]:
    """Where a part's name stands: the middle, or that of its left piece where it has two."""
    rows, columns = np.nonzero(mask)
    if not len(rows):
        return 0.0, 0.0
    x, y = float(columns.mean()), float(rows.mean())
    if mask[int(y), int(x)]:
        return x, y
    left = columns < mask.shape[1] / 2
    return (float(columns[left].mean()), float(rows[left].mean())) if left.any() else (x, y)
