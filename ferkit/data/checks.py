"""What the parts of a dataset must be: no page and no training meets an index out of range or an empty image."""

import numpy as np

from ferkit.data.faces import MIN_SIDE, SPLITS
from ferkit.text import is_printable

__all__ = ["check_labels", "check_parts", "check_votes"]


def check_parts(
    parts: dict[str, np.ndarray], classes: tuple[str, ...], votes: np.ndarray | None, vote_names: tuple[str, ...]
) -> None:
    """Raise ValueError, saying what was expected, unless `parts` (images, labels, groups, ids, splits) fit together."""
    _check_images(parts["images"])
    lengths = {key: len(part) for key, part in parts.items()} | ({} if votes is None else {"votes": len(votes)})
    if len(set(lengths.values())) > 1:
        raise ValueError("its parts have different lengths: " + ", ".join(f"{key} {n}" for key, n in lengths.items()))
    for key in ("labels", "groups"):
        if parts[key].ndim != 1:
            raise ValueError(f"{key} have {parts[key].ndim} dimensions, expected one number per face")
    check_labels(parts["labels"], classes)
    _check_groups(parts["groups"])
    if not np.isin(parts["splits"], SPLITS).all():
        raise ValueError(f"a split is none of {', '.join(SPLITS)}")
    _check_ids(parts["ids"])
    check_votes(votes, vote_names)


def _check_images(images: np.ndarray) -> None:
    gray, colour = images.ndim == 3, images.ndim == 4 and images.shape[3] == 3
    if images.dtype != np.uint8 or not (gray or colour) or images.shape[1] != images.shape[2]:
        raise ValueError(f"images are {images.dtype} {images.shape}, expected uint8 (N, H, H) or (N, H, H, 3)")
    if not len(images):
        raise ValueError("it holds no face")
    if images.shape[1] < MIN_SIDE:
        raise ValueError(f"images have {images.shape[1]} pixels a side, expected at least {MIN_SIDE}")


def check_labels(labels: np.ndarray, classes: tuple[str, ...]) -> None:
    """Raise ValueError unless each label (N,) is the index of a class."""
    if not classes:
        raise ValueError("it names no class")
    if not len(labels):
        raise ValueError("it holds no face")
    if labels.min() < 0 or labels.max() >= len(classes):
        raise ValueError(f"labels reach from {labels.min()} to {labels.max()}, expected 0 to {len(classes) - 1}")


def _check_groups(groups: np.ndarray) -> None:
    """The first face of a group refers to itself, and no face refers to a later one."""
    order = np.arange(len(groups))
    if groups.min() < 0 or (groups > order).any() or (groups[groups] != groups).any():
        raise ValueError("groups point to a face that is not the first of its group")


def _check_ids(ids: np.ndarray) -> None:
    if len(set(ids.tolist())) < len(ids):
        raise ValueError("its ids are not all different")
    if not all(name and is_printable(name) for name in ids.tolist()):
        raise ValueError("an id is empty or not printable")


def check_votes(votes: np.ndarray | None, names: tuple[str, ...]) -> None:
    """Raise ValueError unless there is a column of counts for each name."""
    if votes is None:
        if names:
            raise ValueError("it has vote names and no votes")
    elif votes.dtype != np.uint8 or votes.ndim != 2 or votes.shape[1] != len(names) or not names:
        raise ValueError(f"votes are {votes.dtype} {votes.shape}, expected uint8 (N, {len(names)}), a column per name")
