"""Import a dataset.  $ python -m ferkit data import fer2013.zip --votes ferplus.csv

A source is read whole, checked, split, searched for identical faces and written to the store, or nothing is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ferkit.data import sources, splits, store
from ferkit.data.faces import Faces, identical_groups
from ferkit.data.sources import Loaded, Skipped
from ferkit.data.votes import match, read_votes
from ferkit.errors import DataError

__all__ = ["SIZES", "ImportReport", "Skipped", "import_faces"]

SIZES = (8, 512)  # pixels a side may be resized to
MAX_CLASSES = 1000


@dataclass(frozen=True)
class ImportReport:
    """What an import gave."""

    faces: Faces
    path: Path  # of the store
    skipped: tuple[Skipped, ...]  # files that were left out, and why
    notes: tuple[str, ...]  # sentences: splits that were drawn, votes that matched


def import_faces(
    source: Path,
    name: str,
    *,
    votes: Path | None = None,
    size: int | None = None,
    subset: float = 1.0,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Read `source`, store it as the dataset `name` in place of one that is there, and say what was done.

    size: resize to size x size pixels; needed where pictures differ. subset: share of every split to keep, in (0, 1].
    seed: of drawn splits and subsets. progress: called about a hundred times with (done, total).
    Raises DataError, and then leaves nothing behind.
    """
    _check_arguments(name, size, subset)
    ballots = read_votes(votes) if votes else None
    loaded = sources.read(Path(source), size, _sparse(progress))
    if len(loaded.classes) > MAX_CLASSES:
        raise DataError(
            f"{Path(source).name} has {len(loaded.classes):,} class folders; expected at most {MAX_CLASSES:,}."
        )
    counts, note = match(ballots, loaded) if ballots else (None, "")
    faces, notes = _split(name, loaded, subset, seed, counts, ballots.names if ballots else ())
    return ImportReport(faces, store.save(faces), loaded.skipped, tuple([*notes, note] if note else notes))


def _check_arguments(name: str, size: int | None, subset: float) -> None:
    store.path_of(name)
    if size is not None and not SIZES[0] <= size <= SIZES[1]:
        raise DataError(f"A size must be from {SIZES[0]} to {SIZES[1]} pixels; got {size}.")
    if not 0 < subset <= 1:
        raise DataError(f"A subset must be a share over 0 and up to 1, as in 0.2; got {subset}.")


def _split(
    name: str, loaded: Loaded, share: float, seed: int, votes: np.ndarray | None, vote_names: tuple[str, ...]
) -> tuple[Faces, list[str]]:
    """The faces that are kept, each in its split, and notes on how."""
    index = {label: i for i, label in enumerate(loaded.classes)}
    labels = np.array([index[label] for label in loaded.labels.tolist()], np.int16)
    groups = identical_groups(loaded.images)
    parts, notes = splits.assign(loaded.splits, labels, groups, seed)
    splits.check(parts, labels, loaded.classes)
    keep = splits.subset(parts, labels, share, seed)
    if not keep.all():
        notes.append(f"Subset of {share:.0%}: {keep.sum():,} of {len(keep):,} faces kept, seed {seed}.")
    faces = Faces(
        name=name,
        images=loaded.images if keep.all() else loaded.images[keep],
        labels=labels[keep],
        ids=loaded.ids[keep],
        splits=parts[keep],
        classes=loaded.classes,
        votes=None if votes is None else votes[keep],
        vote_names=vote_names,
        groups=groups if keep.all() else np.empty(0, np.int32),
    )
    return faces, notes


def _sparse(progress: Callable[[int, int], None] | None) -> sources.Progress:
    """`progress`, called only when another percent is done: a page redraws at each call."""
    last = -1

    def call(done: int, total: int) -> None:
        nonlocal last
        percent = 100 * done // max(total, 1)
        if progress and percent != last:
            last = percent
            progress(done, total)

    return call
