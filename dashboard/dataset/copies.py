"""Duplicates: each group of faces that are one picture as a row, those with different labels first."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import controls, load, parameters
from dashboard.components.tiles import Tile
from dashboard.dataset import auditing, duplicates
from dashboard.dataset.contents import Contents
from dashboard.dataset.grid import grid, paged
from dashboard.state import value
from ferkit.audit.groups import EXACT, NEAR, Group, assemble, near_in_train
from ferkit.colours import MUTED, WRONG
from ferkit.data import store
from ferkit.data.faces import Faces

__all__ = ["chosen", "sentence", "show"]

EVERY = "all"
CHOICES = (EVERY, "different labels", "across splits", "identical", "nearly identical")
PAGE = 20  # groups at a time
MOST = 24  # faces of a group


def show(dataset: Contents, faces: Faces) -> None:
    """What there is in words, a choice of groups, and the groups."""
    for line in duplicates.sentences(dataset):
        st.markdown(line)
    audited = auditing.offer(faces, "Nearly identical faces need an audit of the dataset; until then, identical ones.")
    groups = _groups(faces, audited)
    if audited:
        st.markdown(sentence(faces, groups))
    if not groups:
        return
    counts = {name: len(chosen(groups, name)) for name in CHOICES}
    options = [name for name in CHOICES if counts[name]]
    texts = {name: f"{name} ({counts[name]:,})" for name in options}
    controls.show(controls.segments(parameters.COPIES, "Groups", texts, bare=True), key="copies")
    some = chosen(groups, value(parameters.COPIES, options))
    page = some[paged(len(some), PAGE)]
    rows = np.concatenate([group.rows[:MOST] for group in page])
    grid(faces, rows, [tile for group in page for tile in _row(faces, group)], "dataset-copies")


def _groups(faces: Faces, audited: bool) -> list[Group]:
    table = auditing.stored(faces) if audited else None
    if table is not None:
        return auditing.groups(faces, table)
    key = ("identical", load.key_of(store.path_of(faces.name)))
    groups: list[Group] = load.cached(key, lambda: assemble(faces, faces.groups))
    return groups


def chosen(groups: Sequence[Group], name: str) -> list[Group]:
    """The groups of one of `CHOICES`."""
    tests = {
        "different labels": lambda group: group.labels_differ,
        "across splits": lambda group: group.across,
        "identical": lambda group: group.kind == EXACT,
        "nearly identical": lambda group: group.kind == NEAR,
    }
    return [group for group in groups if name not in tests or tests[name](group)]


def sentence(faces: Faces, groups: list[Group]) -> str:
    """In Markdown: how many groups, and how many faces outside train that are nearly in train."""
    near = near_in_train(faces, groups)
    parts = [f"{n:,} of {split}" for split in ("val", "test") if (n := int((near & (faces.splits == split)).sum()))]
    kinds = {kind: len(chosen(groups, kind)) for kind in ("identical", "nearly identical")}
    words = f"{kinds['identical']:,} groups of identical faces, {kinds['nearly identical']:,} of nearly identical ones."
    if not parts:
        return words
    return f"{words} **Besides exact copies, {' and '.join(parts)} have a nearly identical face in train.**"


def _row(faces: Faces, group: Group) -> list[Tile]:
    """A tile per face; in a group of different labels those that are not the most frequent are framed red."""
    labels = faces.labels[group.rows]
    usual = int(np.bincount(labels).argmax())
    tiles = []
    for i, row in enumerate(group.rows[:MOST]):
        odd = labels[i] != usual
        tiles.append(
            Tile(
                int(row),
                faces.classes[labels[i]],
                str(faces.splits[row]),
                WRONG if odd else MUTED,
                _head(faces, group) if i == 0 else "",
            )
        )
    return tiles


def _head(faces: Faces, group: Group) -> str:
    what = "identical" if group.kind == EXACT else "nearly identical"
    parts = [f"{len(group.rows)} {what} faces"]
    if group.labels_differ:
        names = [faces.classes[label] for label in dict.fromkeys(faces.labels[group.rows].tolist())]
        parts.append(f"different labels: {', '.join(names)}")
    if group.across:
        parts.append(f"in {' and '.join(group.splits)}")
    if len(group.rows) > MOST:
        parts.append(f"the first {MOST} shown")
    return " · ".join(parts)
