"""The faces nearest to an open one in the network's features, in its split and in the others whose features are
stored."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.components.tiles import Tile, tile_grid
from dashboard.scored import table
from dashboard.state import narrow
from dashboard.view import View
from dashboard.words import percent, plain
from ferkit.colours import RIGHT, WRONG
from ferkit.embed.neighbours import nearest

__all__ = ["Neighbour", "find", "searched", "show"]

SHOWN = 10


@dataclass(frozen=True)
class Neighbour:
    """A face near another one."""

    view: View  # of its split
    row: int
    cosine: float  # similarity of the features, in [-1, 1]

    @property
    def label(self) -> str:
        return self.view.classes[self.view.frame["label"].to_numpy()[self.row]]

    @property
    def id(self) -> str:
        return str(self.view.frame["id"].iat[self.row])


def searched(view: View) -> list[str]:
    """The splits whose features are stored, that of the View first."""
    splits = [split for split in view.results.splits if view.results.has(split, "-features.npy")]
    apart = [split for split in splits if split != "all"] if view.split != "all" else ["all"]
    return sorted(apart, key=lambda split: split != view.split)


def find(view: View, row: int, k: int = SHOWN) -> list[Neighbour]:
    """The k nearest to the face in `row` among all splits that are `searched`, the most similar first; without itself.

    The View's own features must be stored.
    """
    query = load.features(view.results, view.split)[row]
    found: list[Neighbour] = []
    for split in searched(view):
        there = view if split == view.split else replace(view, split=split, frame=table(view.results, split))
        rows, cosine = nearest(load.features(view.results, split), query, k + 1)
        found += [
            Neighbour(there, int(i), float(c))
            for i, c in zip(rows, cosine, strict=True)
            if not (there is view and i == row)
        ]
    return sorted(found, key=lambda one: -one.cosine)[:k]


def show(view: View, row: int, *, key: str, size: int = 64) -> None:
    """The neighbours as a row of faces; framed red where their label is another one. A click opens one."""
    if not view.results.has(view.split, "-features.npy"):
        st.caption("The features of this split are not stored with the run, so its neighbours are not known.")
        return
    found = find(view, row)
    label = view.classes[view.frame["label"].to_numpy()[row]]
    same = sum(one.label == label for one in found)
    st.markdown(f"**Nearest faces** · {same} of {len(found)} are labelled {plain(label)} too")

    def choose(i: int) -> None:
        narrow(split=found[i].view.split, face=found[i].id)

    images = [one.view.images.of_rows(np.array([one.row])) for one in found]
    if found and all(image is not None for image in images):
        tiles = [
            Tile(i, one.label, _note(one, view), RIGHT if one.label == label else WRONG) for i, one in enumerate(found)
        ]
        tile_grid(np.concatenate(images), tiles, key=key, size=size, on_click=choose)  # type: ignore[arg-type]
    else:
        st.caption(", ".join(f"{plain(one.label)} ({percent(one.cosine, 0)})" for one in found))
    splits = searched(view)
    known = "train" in splits or splits == ["all"] or view.results.has(view.split, "-nearest.npz")
    train = "" if known else " Those of train are not stored with this run."
    st.caption(
        f"By the cosine of their features, among {' and '.join(splits)}.{train} A red frame marks another label."
    )


def _note(one: Neighbour, view: View) -> str:
    """How similar, and of which split where it is another one."""
    return percent(one.cosine, 0) if one.view.split == view.split else f"{percent(one.cosine, 0)} {one.view.split}"
