"""The faces of a split that a run can be scored on."""

import numpy as np

from ferkit.data.faces import SPLITS, Faces
from ferkit.errors import DataError
from ferkit.evaluate.labels import UNKNOWN, label_map
from ferkit.runs import Run

__all__ = ["labelled", "set_aside"]


def labelled(run: Run, faces: Faces, split: str) -> tuple[Faces, np.ndarray, dict[str, int]]:
    """The faces of the split whose class the run has, their labels as indices into its classes (N,), and how many
    faces of each other class there are.

    Raises DataError for an unknown or empty split, fewer than two shared classes, or a dataset that has the name of
    the run's own but is another one.
    """
    _check(run, faces, split)
    part = faces.split(split)
    labels = label_map(run.classes, faces.classes)[part.labels]
    has_class = labels != UNKNOWN
    if has_class.all():
        return part, labels, {}
    if not has_class.any():
        raise DataError(
            f"No face of {split} of {faces.name!r} is of a class that {run.name} knows. Choose another split."
        )
    counts = np.bincount(part.labels[~has_class], minlength=len(faces.classes))
    left_out = {name: int(n) for name, n in zip(faces.classes, counts, strict=True) if n}
    return part.select(has_class), labels[has_class], left_out


def set_aside(run: Run, faces: Faces) -> None:
    """Results on a dataset that had this name before go to `on-<name>-<its fingerprint>`; nothing is deleted."""
    if faces.name == run.dataset:
        return
    results = run.results(faces.name)
    others = {scores.fingerprint for scores in results.scores.values()} - {faces.fingerprint}
    if others:
        aside = results.path.with_name(f"{results.path.name[:60]}-{others.pop()[:8]}")
        if not aside.exists():
            results.path.rename(aside)


def _check(run: Run, faces: Faces, split: str) -> None:
    if split not in (*SPLITS, "all"):
        raise DataError(f"Splits are {', '.join(SPLITS)} and all; got {split!r}.")
    trained_on = run.manifest.data.fingerprint
    if faces.name == run.dataset and faces.fingerprint != trained_on:
        raise DataError(
            f"{run.name} was trained on a {faces.name!r} with fingerprint {trained_on}; the one here has "
            f"{faces.fingerprint}. Import the original again, or this one under another name."
        )
