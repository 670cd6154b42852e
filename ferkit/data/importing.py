"""Import a dataset.  $ python -m ferkit data import fer2013.zip --votes ferplus.csv

    report = import_faces(Path("fer2013.zip"), "fer2013")
    report.faces.counts()

A source is read, checked, split, searched for identical faces and written to the store; or nothing is written.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ferkit.data import sources, splits, store
from ferkit.data.claim import claimed
from ferkit.data.faces import Faces, identical_groups
from ferkit.data.sources import Loaded, Skipped
from ferkit.data.votes import match, read_votes
from ferkit.errors import DataError

__all__ = ["SIZES", "ImportReport", "Skipped", "import_faces"]

SIZES = (8, 512)  # pixels a side may be resized to
MAX_CLASSES = 1000
MAX_CLASS_NAME = 100  # characters
PATIENCE = 5  # seconds between two calls of progress, at most


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
    replace: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Read `source`, store it as the dataset `name` and report what was done.

    source: a zip, a tar (also packed), a folder `train|val|test/<class>/...` or `<class>/...`, or fer2013.csv.
    votes: a CSV of crowd votes, as FER+ has them. size: resize to size x size pixels; needed where images differ.
    subset: share of every split to keep, in (0, 1]. seed: of drawn splits and subsets. replace: whether a dataset of
    that name may be replaced. progress: called about a hundred times with (done, total).

    Raises DataError, and then leaves what was there as it was.
    """
    path = store.path_of(name)
    _check_arguments(size, subset)
    with claimed(path):
        if path.exists() and not replace:
            raise DataError(f"There is a dataset {name!r} already. Give another --name, or --force to replace it.")
        table = read_votes(votes) if votes else None
        loaded = sources.read(Path(source), size, _throttled(progress))
        _check_classes(Path(source).name, loaded.classes)
        counts, note = match(table, loaded) if table else (None, "")
        faces, notes = _split(name, loaded, subset, seed, counts, table.names if table else ())
        return ImportReport(faces, store.save(faces), loaded.skipped, tuple([*notes, note] if note else notes))


def _check_arguments(size: int | None, subset: float) -> None:
    if size is not None and not SIZES[0] <= size <= SIZES[1]:
        raise DataError(f"A size must be from {SIZES[0]} to {SIZES[1]} pixels; got {size}.")
    if not 0 < subset <= 1:
        raise DataError(f"A subset must be a share over 0 and up to 1, as in 0.2; got {subset}.")


def _check_classes(source: str, classes: tuple[str, ...]) -> None:
    if len(classes) > MAX_CLASSES:
        raise DataError(f"{source} has {len(classes):,} class folders; expected at most {MAX_CLASSES:,}.")
    if long := [name for name in classes if len(name) > MAX_CLASS_NAME]:
        raise DataError(
            f"{source} has a class folder of {len(long[0])} characters ({long[0][:40]!r} …); "
            f"expected at most {MAX_CLASS_NAME}."
        )


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


def _throttled(progress: Callable[[int, int], None] | None) -> sources.Progress:
    """`progress`, called only when another percent is done or some seconds have passed: a page redraws at each call."""
    last, when = -1, 0.0

    def call(done: int, total: int) -> None:
        nonlocal last, when
        percent, now = 100 * done // max(total, 1), time.monotonic()
        if progress and (percent != last or now - when > PATIENCE):
            last, when = percent, now
            progress(done, total)

    return call
