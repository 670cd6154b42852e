"""Faces of a dataset, without any run: drawn at random, duplicates, image quality, outliers, or with the votes on
them."""

import streamlit as st

from dashboard import controls, parameters
from dashboard.components.toolbar import Action
from dashboard.dataset import classes, contents, copies, distant, quality, votes
from dashboard.dataset.contents import Contents
from dashboard.dataset.grid import SHOWN, grid
from dashboard.dataset.tiles import tiles
from dashboard.state import put, value
from ferkit.data.faces import Faces

__all__ = ["choose_class", "show"]

ALL = "every class"


@st.fragment
def show(dataset: Contents, faces: Faces) -> None:
    """The views, one at a time; a click runs this and nothing else of the page."""
    views = {
        "Sample faces": _sampled,
        "Duplicates": copies.show,
        "Image quality": quality.show,
        "Outliers": distant.show,
    } | ({"Crowd votes": votes.show} if faces.votes is not None else {})
    controls.show(controls.segments(parameters.FACES_VIEW, "View", list(views), bare=True), key="album")
    views[value(parameters.FACES_VIEW, views)](dataset, faces)


def choose_class(name: str) -> None:
    """Show samples of that class from now on; for callbacks."""
    put(parameters.FACES_VIEW, parameters.FACES_VIEW.default)
    put(parameters.FACES_CLASS, name)


def _sampled(dataset: Contents, faces: Faces) -> None:
    """The classes, and beside them faces of one of them."""
    left, right = st.columns([1, 1], gap="medium")
    with left:
        with st.container(border=True):
            classes.distributed(dataset)
        with st.container(border=True):
            classes.averaged(dataset, choose_class)
    with right:
        _samples(faces, dedup=bool(dataset.left_out))


def _samples(faces: Faces, *, dedup: bool) -> None:
    options = ["", *faces.classes]
    controls.show(
        controls.select(parameters.FACES_CLASS, "Class", {name: name or ALL for name in options}),
        Action("others", "Show others", on_change=lambda _: _shuffle()),
        key="album-samples",
    )
    name = value(parameters.FACES_CLASS, options)
    rows = contents.sample(faces, name, SHOWN, value(parameters.FACES_SEED), dedup=dedup)
    grid(faces, rows, tiles(faces, rows), "album-sampled")


def _shuffle() -> None:
    put(parameters.FACES_SEED, value(parameters.FACES_SEED) + 1)
