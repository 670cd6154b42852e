"""Nearest neighbours by the cosine of their features, and where a new face belongs on a map."""

import numpy as np

from ferkit.errors import DataError

__all__ = ["nearest", "place"]

NEIGHBOURS = 15  # that place a new face
BLOCK = 1024  # queries at a time, to bound memory


def nearest(features: np.ndarray, query: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k faces most similar to each query, the most similar first: their rows, and their cosine similarity in [-1,
    1].

    `features` (N, D); `query` (D,) gives two (k,), (M, D) gives two (M, k); k is clipped to N. The nearest neighbour of
    a row of `features` is itself (or a duplicate). Raises DataError when the sizes differ or there is no face.
    """
    queries = np.atleast_2d(query)
    if not len(features) or queries.shape[1] != features.shape[1]:
        raise DataError(
            f"Expected queries with as many features as the faces {features.shape}, got {queries.shape}. Use one run "
            "for both."
        )
    k = min(max(1, k), len(features))
    faces = np.asarray(features, np.float32)
    lengths = np.sqrt(np.einsum("ij,ij->i", faces, faces))
    scale = np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    blocks = [_best(_unit(queries[i : i + BLOCK]) @ faces.T * scale, k) for i in range(0, len(queries), BLOCK)]
    empty = np.empty((0, k))
    rows = np.concatenate([empty.astype(np.intp), *(b[0] for b in blocks)])
    cosine = np.concatenate([empty.astype(np.float32), *(b[1] for b in blocks)])
    return (rows[0], cosine[0]) if np.ndim(query) == 1 else (rows, cosine)


def place(features: np.ndarray, layout_xy: np.ndarray, query: np.ndarray) -> np.ndarray:
    """Where new faces belong on a map: float32 (M, 2), the weighted mean of their 15 nearest neighbours' places.

    `features` (N, D), `layout_xy` (N, 2), `query` (D,) or (M, D); with 2 L columns, of L layouts at once, so has what
    is returned. A neighbour weighs 1 / (1 - cosine), so a face of the
    map lands on its own place.
    """
    rows, cosine = nearest(features, np.atleast_2d(query), NEIGHBOURS)
    weights = 1 / np.maximum(1 - cosine.astype(np.float64), 1e-6)  # (M, k)
    xy = np.asarray(layout_xy, np.float64)[rows]  # (M, k, 2)
    return ((weights[:, :, None] * xy).sum(1) / weights.sum(1, keepdims=True)).astype(np.float32)


def _unit(features: np.ndarray) -> np.ndarray:
    """Rows of length one; a row of zeros stays zero, similar to nothing."""
    rows = np.asarray(features, np.float32)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)


def _best(cosine: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k largest of each row (M, N), largest first."""
    best = np.argpartition(-cosine, k - 1, axis=1)[:, :k]
    values = np.take_along_axis(cosine, best, 1)
    order = np.argsort(-values, axis=1, kind="stable")
    return np.take_along_axis(best, order, 1), np.clip(np.take_along_axis(values, order, 1), -1, 1)
