"""Pixel-identical faces of a dataset."""

from dashboard.dataset.contents import Contents
from dashboard.words import percent
from ferkit.data.faces import SPLITS

__all__ = ["sentences"]


def sentences(contents: Contents) -> list[str]:
    """How many faces are duplicates, and how many of those a training has seen; in Markdown."""
    counts, sizes = contents.duplicates, contents.released
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


def _with_duplicate(contents: Contents, split: str) -> int:
    counts = contents.duplicates
    return counts.get(f"{split} with a duplicate") or counts.get(f"{split} with a twin", 0)  # the name in older runs
