"""From shapes to pixels: drawn at three times the size, scaled down, then lit, blurred and given noise."""

import cv2
import numpy as np

from ferkit.data.synthetic import eyes, head, mouth
from ferkit.data.synthetic.emotions import Expressions
from ferkit.data.synthetic.people import People
from ferkit.data.synthetic.shapes import Pose, Shape, project

__all__ = ["render"]

OVER = 3  # supersampling
LUMA = np.array([0.299, 0.587, 0.114])
FINE = 4  # bits below the pixel in coordinates given to OpenCV


def render(p: People, e: Expressions, at: Pose, size: int, colour: bool, rng: np.random.Generator) -> np.ndarray:
    """Images of N faces: uint8 (N, size, size) gray, or (N, size, size, 3) RGB."""
    flat, soft = _paint(_shapes(p, e), _backgrounds(len(at.x), colour, rng), at, size)
    lit = flat * (_shading(p, at, size) * (soft.astype(np.float32) / 128))[..., None]
    # OpenCV blurs bytes identically on every processor, but not floats.
    lit = np.rint(lit.clip(0, 255)).astype(np.uint8)
    blurred = np.stack(
        [_blur(face, sigma) for face, sigma in zip(lit, rng.uniform(0, 0.013, len(lit)) * size, strict=True)]
    )
    exposure = (135 / _channels(p.skin, False)[:, :, None, None]) ** 0.35  # a camera meters the face, in part
    contrast, offset = exposure * rng.uniform(0.85, 1.2, (len(lit), 1, 1, 1)), rng.normal(0, 12, (len(lit), 1, 1, 1))
    noise = rng.standard_normal(blurred.shape, np.float32) * rng.uniform(1, 7, (len(lit), 1, 1, 1)).astype(np.float32)
    pixels = (
        (blurred.astype(np.float32) - 110) * contrast.astype(np.float32) + (118 + offset).astype(np.float32) + noise
    )
    pixels = np.rint(pixels.clip(0, 255)).astype(np.uint8)
    return pixels if colour else pixels[..., 0]


def _shapes(p: People, e: Expressions) -> list[Shape]:
    """Everything there is to draw, from back to front."""
    outline = head.skull(p, e)
    face = Shape(outline, p.skin, depth=head.chin_depth(outline))
    parts = [
        *head.behind(p),
        face,
        *eyes.forehead(p, e),
        *mouth.cheeks(p, e),
        *head.jaw(p, e),
        *mouth.mouth(p, e),
        *mouth.nose(p, e),
    ]
    return [*parts, *eyes.eyes(p, e), *eyes.brows(p, e), *head.hair(p, e), *head.glasses(p)]


def _backgrounds(n: int, colour: bool, rng: np.random.Generator) -> np.ndarray:
    """Coarse random blotches to be scaled up: uint8 (N, 4, 4, C)."""
    blotches = rng.uniform(30, 225, (n, 1, 1, 1)) + rng.normal(0, 16, (n, 1, 1, 3)) + rng.normal(0, 26, (n, 4, 4, 1))
    return _channels(blotches, colour).clip(0, 255).astype(np.uint8)


def _channels(rgb: np.ndarray, colour: bool) -> np.ndarray:
    return rgb if colour else (rgb * LUMA).sum(-1, keepdims=True)


def _paint(shapes: list[Shape], backgrounds: np.ndarray, at: Pose, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Flat colours float32 (N, size, size, C), and soft tones uint8 (N, size, size) with 128 for none."""
    n, channels = len(backgrounds), backgrounds.shape[-1]
    flat, soft = np.empty((n, size, size, channels), np.float32), np.empty((n, size, size), np.uint8)
    sharp_plan = [_plan(s, at, size * OVER, channels == 3) for s in shapes if s.tone is None]
    soft_plan = [_plan(s, at, size, False) for s in shapes if s.tone is not None]
    for i in range(n):
        canvas = cv2.resize(backgrounds[i], (size * OVER, size * OVER), interpolation=cv2.INTER_LINEAR)
        _draw(canvas, sharp_plan, i, cv2.LINE_8)
        flat[i] = cv2.resize(canvas, (size, size), interpolation=cv2.INTER_AREA).reshape(size, size, channels)
        tones = np.full((size, size), 128, np.uint8)
        _draw(tones, soft_plan, i, cv2.LINE_AA)
        soft[i] = cv2.GaussianBlur(tones, (0, 0), size * 0.017)
    return flat, soft


def _plan(shape: Shape, at: Pose, pixels: int, colour: bool) -> tuple[np.ndarray, list, list, list]:
    """A shape ready for OpenCV: int32 points (N, K, 2), colours, line widths in pixels (0 fills), who has it."""
    n = len(at.x)
    where = project(shape.points, shape.depth, at) * (pixels * 2**FINE) - 2 ** (FINE - 1)
    paint = _channels(shape.colour, colour) if shape.tone is None else 128 + 127 * shape.tone[:, None]
    width = np.broadcast_to(shape.width, n) * at.scale * pixels
    width = np.where(np.broadcast_to(shape.width, n) > 0, width.clip(1), 0)
    seen = np.ones(n, bool) if shape.where is None else shape.where
    return (
        np.rint(where).astype(np.int32),
        paint.clip(0, 255).tolist(),
        np.rint(width).astype(int).tolist(),
        seen.tolist(),
    )


def _draw(canvas: np.ndarray, plan: list, i: int, kind: int) -> None:
    for where, paint, width, seen in plan:
        if not seen[i]:
            continue
        if width[i]:
            cv2.polylines(canvas, [where[i]], False, paint[i], width[i], kind, FINE)
        else:
            cv2.fillPoly(canvas, [where[i]], paint[i], kind, FINE)


def _shading(p: People, at: Pose, size: int) -> np.ndarray:
    """Lambert's law on an ellipsoid where the head is, float32 (N, size, size); flat light around it."""
    axis = ((np.arange(size) + 0.5) / size).astype(np.float32)
    u = (axis[None, None] - at.x[:, None, None].astype(np.float32)) / (0.9 * at.scale[:, None, None]).astype(np.float32)
    v = (axis[None, :, None] - at.y[:, None, None].astype(np.float32)) / (1.15 * at.scale[:, None, None]).astype(
        np.float32
    )
    out = np.sqrt(np.maximum(u * u + v * v, 1e-6))
    bend = np.minimum(1, 0.92 / out)  # beyond the rim the normal stays as it is there
    u, v = u * bend, v * bend
    light = p.light.astype(np.float32)[:, :, None, None]
    lambert = u * light[:, 0] + v * light[:, 1] + np.sqrt(1 - u * u - v * v) * light[:, 2]
    return np.float32(0.42) + np.float32(0.66) * np.maximum(lambert, 0)


def _blur(face: np.ndarray, sigma: float) -> np.ndarray:
    """A lens out of focus by sigma pixels; nothing is done where it would not show."""
    return face if sigma < 0.25 else cv2.GaussianBlur(face, (0, 0), sigma).reshape(face.shape)
