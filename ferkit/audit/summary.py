"""What an audit says of a dataset as a whole, in numbers and in sentences."""

from typing import Any

import pandas as pd

from ferkit.audit.columns import ISSUES
from ferkit.audit.groups import EXACT, NEAR, near_in_train
from ferkit.audit.store import groups
from ferkit.data.faces import SPLITS, Faces

__all__ = ["sentences", "summary"]


def summary(faces: Faces, table: pd.DataFrame) -> dict[str, Any]:
    """Plain counts of an audit: faces; groups of duplicates, exact and near, across splits, with different labels;
    faces of val and test with an identical or a near duplicate in train; faces with each issue."""
    found = groups(faces, table)
    near = near_in_train(faces, found)
    here = [split for split in SPLITS[1:] if (faces.splits == split).any()]
    return {
        "name": faces.name,
        "n": len(faces),
        "duplicates": {
            EXACT: sum(group.kind == EXACT for group in found),
            NEAR: sum(group.kind == NEAR for group in found),
            "across splits": sum(group.across for group in found),
            "labels differ": sum(group.labels_differ for group in found),
        },
        "identical in train": {split: int((faces.leaked & (faces.splits == split)).sum()) for split in here},
        "near in train": {split: int((near & (faces.splits == split)).sum()) for split in here},
        "issues": {name: int(table[name].sum()) for name in ISSUES},
    }


def sentences(counts: dict[str, Any]) -> list[str]:
    """The same for a reader."""
    found = counts["duplicates"]
    lines = [
        f"{counts['name']}: {counts['n']:,} faces audited.",
        f"Groups of duplicates: {found[EXACT]:,} of identical faces, {found[NEAR]:,} of nearly identical ones; "
        f"{found['across splits']:,} across splits, {found['labels differ']:,} with different labels.",
    ]
    lines += [
        f"Of {split}, identical to a training face: {identical:,}; nearly so: {counts['near in train'][split]:,} more."
        for split, identical in counts["identical in train"].items()
    ]
    flagged = ", ".join(f"{n:,} {name}" for name, n in counts["issues"].items() if n)
    return [*lines, f"Image quality: {flagged or 'nothing found'}."]
