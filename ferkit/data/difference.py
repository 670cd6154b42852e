"""How two datasets differ, face by face: by pixels, whatever their ids.

difference(load("fer2013"), load("fer2013-corrected")).relabelled  # (M, 2): rows of the first, rows of the second
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

import numpy as np

from ferkit.data.faces import Faces
from ferkit.errors import DataError

__all__ = ["Difference", "difference"]

Rows = np.ndarray  # int64 (M,), or (M, 2) of pairs: a row of the first, a row of the second


@dataclass(frozen=True, eq=False)
class Difference:
    """What has become of the faces of `first` in `second`. A face may be both relabelled and moved."""

    first: Faces
    second: Faces
    removed: Rows  # rows of the first
    added: Rows  # rows of the second
    relabelled: Rows  # pairs of the same pixels and another class name
    moved: Rows  # pairs of the same pixels in another split

    @property
    def same(self) -> bool:
        """Whether a run trained on one could have been trained on the other: one fingerprint."""
        return self.first.fingerprint == self.second.fingerprint


def difference(first: Faces, second: Faces) -> Difference:
    """Raises DataError for faces of other sizes or channels, none of which could have the same pixels."""
    if first.images.shape[1:] != second.images.shape[1:]:
        shapes = [" x ".join(map(str, faces.images.shape[1:])) for faces in (first, second)]
        raise DataError(
            f"Expected two datasets of one size, got {first.name!r} of {shapes[0]} and {second.name!r} of {shapes[1]}. "
            "Import one of them again: --size"
        )
    (pixels_a, labels_a, splits_a), (pixels_b, labels_b, splits_b) = _keys(first), _keys(second)
    left_a, left_b = list(range(len(first))), list(range(len(second)))
    pairs: list[tuple[int, int]] = []
    keys: list[tuple[Callable[[int], Hashable], Callable[[int], Hashable]]] = [
        # faces of the same pixels are matched with what has changed least
        (lambda i: (pixels_a[i], labels_a[i], splits_a[i]), lambda i: (pixels_b[i], labels_b[i], splits_b[i])),
        (lambda i: (pixels_a[i], labels_a[i]), lambda i: (pixels_b[i], labels_b[i])),
        (lambda i: (pixels_a[i], splits_a[i]), lambda i: (pixels_b[i], splits_b[i])),
        (lambda i: pixels_a[i], lambda i: pixels_b[i]),
    ]
    for key_a, key_b in keys:
        matched, left_a, left_b = _match(left_a, left_b, key_a, key_b)
        pairs += matched
    pairs.sort()
    return Difference(
        first,
        second,
        np.array(left_a, np.int64),
        np.array(left_b, np.int64),
        _rows(pair for pair in pairs if labels_a[pair[0]] != labels_b[pair[1]]),
        _rows(pair for pair in pairs if splits_a[pair[0]] != splits_b[pair[1]]),
    )


def _keys(faces: Faces) -> tuple[list[bytes], list[str], list[str]]:
    """Of each face: its pixels, the name of its class, its split."""
    pixels = [np.ascontiguousarray(image).tobytes() for image in faces.images]
    return pixels, [faces.classes[label] for label in faces.labels], faces.splits.tolist()


def _match(
    left_a: list[int], left_b: list[int], key_a: Callable[[int], Hashable], key_b: Callable[[int], Hashable]
) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pairs of equal keys, each face in one pair at most, and the rows without a partner."""
    waiting = defaultdict(list)
    for row in reversed(left_b):
        waiting[key_b(row)].append(row)
    pairs, rest = [], []
    for row in left_a:
        partners = waiting[key_a(row)]
        if partners:
            pairs.append((row, partners.pop()))
        else:
            rest.append(row)
    return pairs, rest, sorted(row for rows in waiting.values() for row in rows)


def _rows(pairs: Iterable[tuple[int, int]]) -> Rows:
    return np.array(list(pairs), np.int64).reshape(-1, 2)
