"""The official split where the source carries one, a seeded stratified one where it does not."""

import numpy as np

from ferkit.data.faces import SPLITS, stratified
from ferkit.errors import DataError

__all__ = ["SHARE", "assign", "check", "subset"]

SHARE = 0.1  # of the faces a drawn val (of train) or test (of all) split takes


def assign(splits: np.ndarray, labels: np.ndarray, groups: np.ndarray, seed: int) -> tuple[np.ndarray, list[str]]:
    """`splits` (N,) with every "" filled and a val split drawn where none is given, and a note on each thing done.

    Identical faces (`groups`) are drawn together, so no drawn split shares an image with train.
    """
    splits, notes = splits.astype("<U5"), []
    if not (splits != "").any():
        splits[:] = "train"
        _draw(splits, "test", SHARE, labels, groups, seed)
        _draw(splits, "val", SHARE / (1 - SHARE), labels, groups, seed + 1)
        return splits, [f"No split in the source: {SHARE:.0%} each drawn as val and test, stratified, seed {seed}."]
    if unassigned := int((splits == "").sum()):
        splits[splits == ""] = "train"
        notes.append(f"{unassigned:,} faces without a split went to train.")
    if not (splits == "val").any() and (splits == "train").any():
        _draw(splits, "val", SHARE, labels, groups, seed)
        notes.append(f"No val split in the source: {SHARE:.0%} of train drawn, stratified, seed {seed}.")
    return splits, notes


def subset(splits: np.ndarray, labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """bool (N,): a seeded share of every split, stratified, with at least one face of each class a split has."""
    keep = np.ones(len(labels), bool)
    for split in SPLITS if share < 1 else ():
        here = np.flatnonzero(splits == split)
        keep[here[stratified(labels[here], 1 - share, seed)]] = False
    return keep


def check(splits: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> None:
    """Raise DataError unless there are two classes and each has a face to train on."""
    if len(classes) < 2:
        raise DataError(f"Only one class was found ({classes[0]!r}); a classifier needs at least two class folders.")
    trained = np.bincount(labels[splits == "train"], minlength=len(classes))
    if not trained.any():
        raise DataError(
            "There are no training faces; expected a train/ folder next to val/ and test/, or class folders alone."
        )
    if not trained.all():
        lacking = ", ".join(repr(classes[i]) for i in np.flatnonzero(trained == 0)[:5])
        raise DataError(
            f"There is no training face of the class {lacking}; add readable images to it, or remove the class from "
            "every split."
        )


def _draw(splits: np.ndarray, name: str, share: float, labels: np.ndarray, groups: np.ndarray, seed: int) -> None:
    """Move a share of train to the split `name`, in place."""
    train = np.flatnonzero(splits == "train")
    splits[train[stratified(labels[train], share, seed, groups[train])]] = name
