"""Find faces that are one picture: the same pixels, or nearly the same.

groups = duplicates(faces)            # disagreeing labels first
groups[0].rows, groups[0].kind, groups[0].splits, groups[0].labels_differ
"""

from collections.abc import Callable

import numpy as np

from ferkit.audit.groups import Group, assemble
from ferkit.audit.near import CORRELATION, near_pairs
from ferkit.data.faces import Faces
from ferkit.embed.neighbours import nearest
from ferkit.errors import DataError

__all__ = ["duplicates"]

NEIGHBOURS = 5  # in a network's features, that are tried as near duplicates

Progress = Callable[[int, int], None]


def duplicates(
    faces: Faces,
    features: np.ndarray | None = None,
    at_least: float = CORRELATION,
    progress: Progress | None = None,
) -> list[Group]:
    """Groups of exact and near duplicates: those with different labels first, then those across splits, then the
    largest.

    features: (N, D) of a run, whose five nearest neighbours of each face are tried too. at_least: correlation of the
    pixels of a near pair, in (0, 1]. progress: called with (done, total). Raises DataError where the features are not
    those of the faces.
    """
    if features is not None and len(features) != len(faces):
        raise DataError(
            f"Expected features of {len(faces):,} faces, got {len(features):,}. Evaluate the run on this dataset."
        )
    if not 0 < at_least <= 1:
        raise DataError(f"The correlation of near duplicates must be over 0 and up to 1; got {at_least}.")
    rows = np.unique(faces.groups)  # one of each set of identical faces
    candidates = None if features is None or len(rows) < 2 else _neighbours(features[rows])
    pairs, _ = near_pairs(faces.images[rows], candidates, at_least, progress)
    return assemble(faces, _components(faces.groups, rows[pairs]))


def _neighbours(features: np.ndarray) -> np.ndarray:
    """int (N * 6, 2): each row with itself and its nearest neighbours."""
    rows, _ = nearest(features, features, NEIGHBOURS + 1)
    return np.stack([np.repeat(np.arange(len(rows)), rows.shape[1]), rows.ravel()], 1)


def _components(groups: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """The smallest row that each row is connected to, int (N,): by equal pixels, `groups` (N,), and by pairs (P, 2)."""
    root = groups.astype(np.int64)

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = root[root[row]]
            row = int(root[row])
        return row

    for a, b in pairs:
        low, high = sorted((find(int(a)), find(int(b))))
        root[high] = low
    return np.array([find(row) for row in range(len(root))], np.int64)
