"""Pairs of nearly the same picture: cut a little differently, lit differently, mirrored, compressed, with a watermark.

A perceptual hash as real numbers instead of bits: the lowest frequencies of the discrete cosine transform, compared by
their cosine, all with all in blocks of one matrix product (Zauner 2010, Implementation and benchmarking of perceptual
image hash functions). A candidate is a pair only if its pixels correlate.
"""

from collections.abc import Callable, Iterator

import numpy as np

from ferkit.audit.gray import SIDE, resized
from ferkit.audit.mean_face import blocks

__all__ = ["CORRELATION", "near_pairs"]

CORRELATION = 0.92  # of the pixels of a pair, at least
CANDIDATE = 0.88  # cosine of two hashes from which the pixels are compared
FREQUENCIES = 10  # across and down
SHIFT = 2  # pixels of 48 that a picture may be cut differently
ROWS = 512  # hashes compared with all others at a time

Progress = Callable[[int, int], None]


def near_pairs(
    images: np.ndarray,
    candidates: np.ndarray | None = None,
    at_least: float = CORRELATION,
    progress: Progress | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of rows of images, uint8 (N, H, H[, 3]), the first smaller than the second: int (P, 2), and the correlation
    of their pixels in [at_least, 1], float (P,).

    The correlation is the best of shifts by up to 2 pixels of 48 and of mirroring; a flat image is in no pair.
    candidates: further pairs to be tried, int (M, 2), as neighbours in a network's features. progress: called with
    (done, total).
    """
    hashes = _hashes(images)
    found = [_key(part, len(images)) for part in _candidates(hashes, progress)]
    if candidates is not None and len(candidates):
        found.append(_key(np.sort(np.asarray(candidates, np.int64), 1), len(images)))
    keys = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    pairs = np.stack([keys // max(1, len(images)), keys % max(1, len(images))], 1)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    faces = resized(images)
    parts = [_correlation(faces[pairs[at, 0]], faces[pairs[at, 1]]) for at in blocks(len(pairs))]
    correlation = np.concatenate(parts) if parts else np.empty(0)
    near = correlation >= at_least
    return pairs[near], correlation[near]


def _hashes(images: np.ndarray) -> np.ndarray:
    """float32 (N, 99) of length 1: cosine transform without its mean, high frequencies raised, as they are weaker in
    pictures; a flat image has zeros."""
    place, frequency = np.arange(SIDE), np.arange(FREQUENCIES)
    basis = np.cos(np.pi * (place + 0.5) * frequency[:, None] / SIDE).astype(np.float32)
    weight = np.sqrt(np.hypot(frequency[:, None], frequency)).astype(np.float32)
    parts = [
        ((basis @ resized(images[at]) @ basis.T) * weight).reshape(-1, FREQUENCIES**2)[:, 1:]
        for at in blocks(len(images))
    ]
    rows = np.concatenate(parts) if parts else np.empty((0, FREQUENCIES**2 - 1), np.float32)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > SIDE)


def _candidates(hashes: np.ndarray, progress: Progress | None) -> Iterator[np.ndarray]:
    """Pairs of rows, int (P, 2), whose hashes are similar, or one's is to the other's mirror image."""
    across = np.tile(np.arange(FREQUENCIES), FREQUENCIES)[1:]
    mirrored = hashes * np.where(across % 2, -1, 1).astype(np.float32)  # odd frequencies across change their sign
    for at in blocks(len(hashes), ROWS):
        for others in (hashes, mirrored):
            similar = hashes[at] @ others[at.start :].T >= CANDIDATE
            first, second = np.nonzero(np.triu(similar, 1))
            yield np.stack([first, second], 1) + at.start
        if progress:
            progress(min(at.stop, len(hashes)), len(hashes))


def _key(pairs: np.ndarray, n: int) -> np.ndarray:
    return pairs[:, 0].astype(np.int64) * n + pairs[:, 1]


def _correlation(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """The best correlation of float32 (P, 48, 48) pairs over shifts and mirroring: (P,)."""
    inner = slice(SHIFT, SIDE - SHIFT)
    middle = _normed(first[:, inner, inner])
    best = np.full(len(first), -1.0, np.float32)
    span = SIDE - 2 * SHIFT
    for other in (second, second[:, :, ::-1]):
        for down in range(2 * SHIFT + 1):
            for right in range(2 * SHIFT + 1):
                shifted = _normed(other[:, down : down + span, right : right + span])
                best = np.maximum(best, np.einsum("ij,ij->i", middle, shifted))
    return best.clip(-1, 1)


def _normed(faces: np.ndarray) -> np.ndarray:
    rows = faces.reshape(len(faces), -1)
    rows = rows - rows.mean(1, keepdims=True)
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-3)
