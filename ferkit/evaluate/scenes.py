"""Scenes with faces in known places: dataset faces pasted into blurred and drawn backgrounds, so that finding a face
can be scored together with reading it."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ferkit.faces import Box
from ferkit.images import resize, rgb

__all__ = ["FRAME", "SIZES", "Scene", "scenes"]

FRAME = (640, 480)  # pixels: width, height of a scene
SIZES = (32, 192)  # pixels: the sides of pasted faces, drawn evenly on a logarithmic scale
MOST = 4  # faces in a scene
APART = 1.6  # squares this many times as large do not overlap
SOFT = 0.3  # of a face's side: how far beyond its edge it fades into the background
TRIES = 30  # places that are tried for a face before its scene is complete


@dataclass(frozen=True, eq=False)
class Scene:
    """A picture and where its faces are."""

    image: np.ndarray  # uint8 RGB (480, 640, 3)
    squares: tuple[Box, ...]  # of each pasted face, as it lies in the picture before it is turned
    faces: tuple[int, ...]  # which they are: rows of the images


def scenes(images: np.ndarray, *, roll: float = 0.0, seed: int = 0) -> Iterator[Scene]:
    """Scenes that hold every face of uint8 (N, H, W[, 3]) once, in order, one to `MOST` in each.

    roll: degrees by which each face is turned, to the left or to the right. The same seed gives the same scenes, the
    same ones at every roll.
    """
    placing, row = np.random.default_rng(seed), 0
    while row < len(images):
        squares = _places(placing, min(int(placing.integers(1, MOST + 1)), len(images) - row))
        rows = tuple(range(row, row + len(squares)))
        seeds, left = placing.integers(2**32), placing.random(MOST) < 0.5
        image = _background(np.random.default_rng(seeds), images)
        for i, square, other in zip(rows, squares, left, strict=False):
            _paste(image, rgb(images[i]), square, roll if other else -roll)
        yield Scene(image, tuple(squares), rows)
        row += len(squares)


def _places(rng: np.random.Generator, n: int) -> list[Box]:
    """One to n squares that lie apart and within the frame."""
    squares: list[Box] = []
    for _ in range(n):
        for _ in range(TRIES):
            side = round(float(np.exp(rng.uniform(*np.log(SIZES)))))
            x, y = (int(rng.integers(0, length - side + 1)) for length in FRAME)
            square = Box(x, y, side, side, 1.0)
            if all(_apart(square, other) for other in squares):
                squares.append(square)
                break
    return squares


def _apart(a: Box, b: Box) -> bool:
    reach = APART * (a.w + b.w) / 2
    return abs(a.x + a.w / 2 - b.x - b.w / 2) >= reach or abs(a.y + a.h / 2 - b.y - b.h / 2) >= reach


def _background(rng: np.random.Generator, images: np.ndarray) -> np.ndarray:
    """What lies behind: a face enlarged and blurred beyond recognition, or a wall with things on it; half each."""
    if rng.random() < 0.5:
        grown = resize(rgb(images[rng.integers(len(images))]), *FRAME)
        return np.ascontiguousarray(cv2.GaussianBlur(grown, (0, 0), 40))
    width, height = FRAME
    top, bottom = rng.uniform(40, 215, 2)
    shade = np.linspace(top, bottom, height)[:, None, None]
    wall = np.broadcast_to(shade, (height, width, 3)).astype(np.uint8).copy()
    for _ in range(int(rng.integers(3, 9))):
        corner, size = rng.integers((0, 0), FRAME), rng.integers(30, 260, 2)
        colour = tuple(int(level) for level in np.repeat(rng.integers(20, 236), 3))
        if rng.random() < 0.6:
            cv2.rectangle(wall, corner.tolist(), (corner + size).tolist(), colour, -1)
        else:
            cv2.ellipse(wall, corner.tolist(), (size // 2).tolist(), float(rng.uniform(0, 180)), 0, 360, colour, -1)
    return np.asarray(cv2.GaussianBlur(wall, (0, 0), 1.2))


def _paste(image: np.ndarray, face: np.ndarray, square: Box, roll: float) -> None:
    """Lay a face over its square, in place, turned about its middle; beyond the square its edge goes on and fades."""
    side, reach = square.w, round(SOFT * square.w)
    grown = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA if side < len(face) else cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(grown, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    framed = cv2.GaussianBlur(framed, (0, 0), 0.1 * side)  # no streaks
    framed[reach : reach + side, reach : reach + side] = grown
    mask = _mask(side, reach)
    if roll:
        middle = (side + 2 * reach - 1) / 2
        turn = cv2.getRotationMatrix2D((middle, middle), roll, 1.0)
        framed = cv2.warpAffine(framed, turn, framed.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        mask = cv2.warpAffine(mask, turn, mask.shape[1::-1])
    top, left = square.y - reach, square.x - reach
    cut = image[max(0, top) : square.y + side + reach, max(0, left) : square.x + side + reach]
    starts = zip((max(0, -top), max(0, -left)), cut.shape, strict=False)
    rows, columns = (slice(start, start + length) for start, length in starts)
    framed, mask = framed[rows, columns], mask[rows, columns]
    cut[:] = np.rint(cut + mask[..., None] * (framed.astype(np.float32) - cut)).astype(np.uint8)


def _mask(side: int, reach: int) -> np.ndarray:
    """float32 (side + 2 reach, same): 1 within the square, falling to 0 at `reach` pixels beyond it."""
    place = np.arange(side + 2 * reach)
    ramp = np.clip(np.minimum(place, place[::-1]) / max(1, reach), 0, 1)
    return np.minimum.outer(ramp, ramp).astype(np.float32)
