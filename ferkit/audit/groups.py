"""Groups of faces that are one picture."""

from dataclasses import dataclass

import numpy as np

from ferkit.audit.columns import KINDS
from ferkit.data.faces import SPLITS, Faces

__all__ = ["EXACT", "NEAR", "Group", "assemble", "near_in_train"]

EXACT = KINDS[1]
NEAR = KINDS[2]


@dataclass(frozen=True, eq=False)
class Group:
    """Faces that are one picture, two at least."""

    rows: np.ndarray  # int (K,), in the order of the dataset
    kind: str  # EXACT: all have the same pixels; NEAR: some only nearly
    labels_differ: bool
    splits: tuple[str, ...]  # those that the faces lie in

    @property
    def across(self) -> bool:
        """Whether the faces lie in several splits."""
        return len(self.splits) > 1


def assemble(faces: Faces, member: np.ndarray) -> list[Group]:
    """The groups of faces that share a number in `member`, int (N,); a number of one face alone is no group.

    Those with different labels come first, then those across splits, then the largest.
    """
    order = np.argsort(member, kind="stable")
    edges = np.flatnonzero(np.diff(member[order])) + 1
    groups = [_group(faces, np.sort(rows)) for rows in np.split(order, edges) if len(rows) > 1]
    return sorted(groups, key=lambda g: (not g.labels_differ, not g.across, -len(g.rows), int(g.rows[0])))


def near_in_train(faces: Faces, groups: list[Group]) -> np.ndarray:
    """bool (N,): faces outside train with a near duplicate, but no identical one, in train."""
    found = np.zeros(len(faces), bool)
    for group in groups:
        if "train" in group.splits:
            found[group.rows] = True
    return found & (faces.splits != "train") & ~faces.leaked


def _group(faces: Faces, rows: np.ndarray) -> Group:
    here = set(faces.splits[rows].tolist())
    return Group(
        rows,
        EXACT if len(set(faces.groups[rows].tolist())) == 1 else NEAR,
        len(set(faces.labels[rows].tolist())) > 1,
        tuple(split for split in SPLITS if split in here),
    )
