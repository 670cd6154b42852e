"""Pixel-identical faces of a dataset."""

import numpy as np

from dashboard.dataset.contents import Contents
from dashboard.words import percent
from ferkit.data.faces import SPLITS, Faces

__all__ = ["groups", "sentences"]


def sentences(contents: Contents) -> list[str]:
    """How many faces are duplicates, and how many of those a training has seen; in Markdown."""
    counts, sizes = contents.duplicates, contents.sizes
    if not counts:
        return ["No two faces have the same pixels."]
    lines = []
    for split in SPLITS:
        if n := counts.get(f"{split} also in train"):
            faces = f"1 face of {split} is" if n == 1 else f"{n:,} faces of {split} are"
            lines.append(
                f"**{faces} also in train ({percent(n / sizes[split])})**: every score is also given without them."
            )
    doubled = [f"{n:,} of {split}" for split in SPLITS if (n := _with_duplicate(contents, split))]
    return [*lines, f"Faces with a pixel-identical duplicate in any split: {', '.join(doubled)}."]


def groups(faces: Faces) -> list[np.ndarray]:
    """The groups of identical faces, rows of each; those whose labels disagree first, then those across splits."""
    order = np.argsort(faces.groups, kind="stable")
    _, starts, counts = np.unique(faces.groups[order], return_index=True, return_counts=True)
    rows = [order[start : start + n] for start, n in zip(starts, counts, strict=True) if n > 1]
    return sorted(rows, key=lambda group: (len(set(faces.labels[group])) == 1, len(set(faces.splits[group])) == 1))


def _with_duplicate(contents: Contents, split: str) -> int:
    counts = contents.duplicates
    return counts.get(f"{split} with a duplicate") or counts.get(f"{split} with a twin", 0)  # the name in older runs
