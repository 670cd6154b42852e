"""Faces of a dataset, without any run: drawn at random, exact duplicates, or with the votes on them."""

from collections import Counter

import numpy as np
import streamlit as st

from dashboard import load, parameters
from dashboard.charts import classes as charts
from dashboard.charts import face as bars
from dashboard.components.chart import chart
from dashboard.components.tiles import Tile, tile_grid
from dashboard.dataset import contents, duplicates, votes
from dashboard.dataset.contents import Contents
from dashboard.faces.thumbnail import enlarge
from dashboard.state import bind, put, value
from dashboard.words import percent, plain
from ferkit.colours import MUTED, WRONG, of_classes
from ferkit.data import store
from ferkit.data.faces import Faces

__all__ = ["choose_class", "show"]

SHOWN = 60  # faces at a time
ALL = "every class"


@st.fragment
def show(dataset: Contents, faces: Faces) -> None:
    """The three views, one at a time; a click runs this and nothing else of the page."""
    views = {"Sample faces": _sampled, "Identical faces": _identical} | (
        {"Crowd votes": _voted} if faces.votes is not None else {}
    )
    st.segmented_control(
        "View", list(views), required=True, label_visibility="collapsed", **bind(parameters.FACES_VIEW, views)
    )
    views[value(parameters.FACES_VIEW, views)](dataset, faces)


def choose_class(name: str) -> None:
    """Show samples of that class from now on; for callbacks."""
    put(parameters.FACES_VIEW, parameters.FACES_VIEW.default)
    put(parameters.FACES_CLASS, name)


def _sampled(dataset: Contents, faces: Faces) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        options = ["", *faces.classes]
        st.selectbox(
            "Class", options, format_func=lambda name: name or ALL, width=220, **bind(parameters.FACES_CLASS, options)
        )
        st.button("Show others", icon=":material/casino:", key="album-others", on_click=_shuffle)
    name = value(parameters.FACES_CLASS, options)
    rows = contents.sample(faces, name, SHOWN, value(parameters.FACES_SEED))
    colours = of_classes(faces.classes)
    tiles = [
        Tile(
            int(row),
            faces.classes[faces.labels[row]],
            str(faces.splits[row]),
            colours[faces.classes[faces.labels[row]]],
        )
        for row in rows
    ]
    _wall(faces, rows, tiles, "album-sampled")


def _shuffle() -> None:
    put(parameters.FACES_SEED, value(parameters.FACES_SEED) + 1)


def _identical(dataset: Contents, faces: Faces) -> None:
    for line in duplicates.sentences(dataset):
        st.markdown(line)
    groups = load.cached(("duplicates", load.key_of(store.path_of(dataset.name))), lambda: duplicates.groups(faces))
    if not groups:
        return
    differing = sum(len(set(faces.labels[rows])) > 1 for rows in groups)
    sentence = (
        f"{differing:,} of these {len(groups):,} images have different labels (framed red, first)"
        if differing
        else "Duplicates always have the same label"
    )
    st.caption(f"{sentence}. Each image once, with its splits.")
    pages = -(-len(groups) // SHOWN)
    if pages > 1:
        st.number_input(
            "Page of faces", 1, pages, width=140, **bind(parameters.FACES_PLACE, range(1, pages + 1)),
        )  # fmt: skip
    page = value(parameters.FACES_PLACE, range(1, pages + 1))
    shown = groups[(page - 1) * SHOWN : page * SHOWN]
    _wall(faces, np.array([rows[0] for rows in shown]), [_duplicate(faces, rows) for rows in shown], "album-identical")


def _duplicate(faces: Faces, rows: np.ndarray) -> Tile:
    first, *others = dict.fromkeys(faces.classes[i] for i in faces.labels[rows])
    times = Counter(faces.splits[rows].tolist())
    places = " + ".join(f"{split} ×{n}" if n > 1 else split for split, n in times.items())
    if others:
        return Tile(int(rows[0]), first, f"also {', '.join(others)}: {places}", WRONG)
    return Tile(int(rows[0]), first, places, MUTED)


def _voted(dataset: Contents, faces: Faces) -> None:
    agreement = load.cached(("votes", load.key_of(store.path_of(dataset.name))), lambda: votes.agreement(faces))
    if agreement is None:
        st.info("None of the votes names a class of this dataset.", icon=":material/info:")
        return
    overall, shares = agreement
    least = min(shares, key=shares.__getitem__)
    st.markdown(
        f"**The majority of votes confirms {percent(overall)} of the labels**; "
        f"lowest for {plain(least)}: {percent(shares[least])}."
    )
    with st.container(border=True):
        chart(charts.agreement(shares, of_classes(faces.classes)), key="album-agreement")


def _wall(faces: Faces, rows: np.ndarray, tiles: list[Tile], key: str) -> None:
    """A gallery, and next to it the face that was clicked."""
    opened = st.session_state.get("album-face")
    opened = opened if opened in rows else None
    left, right = st.columns([2, 1], gap="large") if opened is not None else (st.container(), None)
    with left:
        tile_grid(faces.images[rows], tiles, key=key, chosen=opened, on_click=_open)
    if opened is not None and right is not None:
        with right.container(border=True):
            _face(faces, opened)


def _open(row: int | None) -> None:
    st.session_state["album-face"] = row


def _face(faces: Faces, row: int) -> None:
    st.markdown(f"#### {plain(faces.classes[faces.labels[row]])}")
    st.image(enlarge(faces.images[row]), width="stretch")
    same = np.flatnonzero(faces.groups == faces.groups[row])
    st.markdown(" · ".join(f"{faces.splits[i]}: {plain(faces.classes[faces.labels[i]])}" for i in same))
    if faces.votes is not None and faces.votes[row].any():
        counts = dict(zip(faces.vote_names, faces.votes[row].tolist(), strict=True))
        chart(bars.votes(counts, of_classes(faces.vote_names)), key="album-votes")
    st.caption(plain(str(faces.ids[row])))
    st.button("Close", icon=":material/close:", key="album-close", type="tertiary", on_click=_open, args=(None,))
