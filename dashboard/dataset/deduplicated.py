"""A dataset as it counts where copies of training faces are left out of the other splits."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from dashboard import load
from dashboard.dataset.contents import Contents
from ferkit.data import store
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError

__all__ = ["counted", "without_copies"]

Counts = Mapping[str, Mapping[str, int]]


def without_copies(contents: Contents) -> Contents:
    """The same with fewer faces; `left_out` has what is missing. Without the faces themselves, what the runs stored of
    val and test."""
    faces = contents.faces
    if faces is not None:
        key = ("copies", load.key_of(store.path_of(contents.name)))
        left: Counts = load.cached(key, lambda: _of_faces(faces))
    else:
        left = {split: found for split in contents.counts if (found := _stored(contents, split))}
    counts = {
        split: {name: n - left.get(split, {}).get(name, 0) for name, n in per_class.items()}
        for split, per_class in contents.counts.items()
    }
    return replace(contents, counts=counts, left_out=left)


def _of_faces(faces: Faces) -> Counts:
    return faces.select(np.flatnonzero(faces.leaked)).counts()


def _stored(contents: Contents, split: str) -> dict[str, int]:
    """Copies per class, by the first run of this dataset that was scored on the split."""
    for run in load.all_runs().values():
        results = run.results(contents.name)
        if run.dataset != contents.name or split not in results.scores:
            continue
        try:
            table = load.predictions(results, split)
        except FerkitError:  # another run may have it
            continue
        counted = np.bincount(table["label"][table["leaked"].to_numpy(bool)], minlength=len(results.classes))
        return {name: int(n) for name, n in zip(results.classes, counted, strict=True) if n}
    return {}


def counted(contents: Contents, faces: Faces) -> np.ndarray:
    """bool (N,): the faces that count; all of them, or those that `without_copies` leaves."""
    kept: np.ndarray = ~faces.leaked if contents.left_out else np.ones(len(faces), bool)
    return kept
