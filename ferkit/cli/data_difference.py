"""The difference of two datasets in words, and as plain values."""

from collections import Counter
from typing import Any

import numpy as np
from rich.console import Console

from ferkit.cli.text import cell
from ferkit.data.difference import Difference
from ferkit.data.faces import Faces

__all__ = ["as_plain", "print_difference"]

NAMED = 10  # faces that are listed by id


def as_plain(found: Difference) -> dict[str, Any]:
    """Everything, for `--json`: ids, and for a changed face what it was and what it is."""
    a, b = found.first, found.second
    return {
        "first": {"name": a.name, "faces": len(a), "fingerprint": a.fingerprint},
        "second": {"name": b.name, "faces": len(b), "fingerprint": b.fingerprint},
        "same": found.same,
        "removed": a.ids[found.removed].tolist(),
        "added": b.ids[found.added].tolist(),
        "relabelled": [_pair(a, b, i, j) | _labels(a, b, i, j) for i, j in found.relabelled],
        "moved": [_pair(a, b, i, j) | {"from": str(a.splits[i]), "to": str(b.splits[j])} for i, j in found.moved],
    }


def print_difference(console: Console, found: Difference) -> None:
    """A line for each kind of difference, and some faces of each."""
    a, b = found.first, found.second

    def line(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True)

    for faces in (a, b):
        line(f"{cell(faces.name)}: {len(faces):,} faces, fingerprint {cell(faces.fingerprint)}")
    line("The fingerprints are equal: runs cannot tell them apart." if found.same else "The fingerprints differ.")
    line(f"Only in {cell(a.name)}: {len(found.removed):,}{_listed(a.ids[found.removed])}")
    line(f"Only in {cell(b.name)}: {len(found.added):,}{_listed(b.ids[found.added])}")
    line(f"Same pixels, another label: {len(found.relabelled):,}")
    changes = Counter(f"{_labels(a, b, i, j)['from']} -> {_labels(a, b, i, j)['to']}" for i, j in found.relabelled)
    for change, n in changes.most_common(NAMED):
        line(f"  {cell(change)}: {n:,}")
    line(f"Same pixels, another split: {len(found.moved):,}")
    for change, n in Counter(f"{a.splits[i]} -> {b.splits[j]}" for i, j in found.moved).most_common(NAMED):
        line(f"  {cell(change)}: {n:,}")


def _listed(ids: np.ndarray) -> str:
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    return f" ({', '.join(map(cell, ids[:NAMED]))}{more})" if len(ids) else ""


def _pair(a: Faces, b: Faces, i: int, j: int) -> dict[str, str]:
    return {"id": str(a.ids[i]), "other_id": str(b.ids[j])}


def _labels(a: Faces, b: Faces, i: int, j: int) -> dict[str, str]:
    return {"from": a.classes[a.labels[i]], "to": b.classes[b.labels[j]]}
