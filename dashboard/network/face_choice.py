"""Choose one face to look through a network with: of the dataset, a mean face where there is none, or of a photo."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.camera.reading import whole_box
from dashboard.components.gallery import Tile, gallery
from dashboard.faces.thumbnail import enlarge
from dashboard.state import current, narrow
from dashboard.view import View
from ferkit.colours import RIGHT, WRONG, of_classes
from ferkit.errors import FerkitError
from ferkit.faces import MARGIN, square_crop, to_network
from ferkit.images import ENDINGS
from ferkit.runs import Run

__all__ = ["Face", "choose"]


@dataclass(frozen=True, eq=False)
class Face:
    """A chosen face."""

    image: np.ndarray  # uint8 (H, W) or (H, W, 3)
    told: str  # what it is, in words


def choose(view: View) -> Face | None:
    """Draw the choice; None if there is nothing to choose from."""
    with st.popover("Use a photo", icon=":material/add_a_photo:"):
        upload = st.file_uploader("Photo", list(ENDINGS), key="choice-photo", label_visibility="collapsed")
    if upload is not None:
        with load.show_errors():
            return _of_photo(upload.getvalue(), view.run)
    return _of_dataset(view) if view.images.here else _mean(view)


def _of_photo(content: bytes, run: Run) -> Face:
    picture = load.picture(content)
    boxes = load.detector().detect(picture)
    crop = square_crop(picture, boxes[0], MARGIN) if boxes else square_crop(picture, whole_box(picture), 0)
    told = "the largest face of your photo" if boxes else "your photo, in which no face was found"
    return Face(to_network(crop, run.manifest.input.size, run.manifest.input.channels), told)


def _of_dataset(view: View) -> Face:
    """The Selection's open face, or the most confident one of each class."""
    frame, rows = view.frame, _examples(view)
    opened = np.flatnonzero((frame["id"].to_numpy() == current().face) & (view.images.places >= 0))
    if len(opened) and opened[0] not in rows:
        rows = np.concatenate([opened[:1], rows])
    place = rows.tolist().index(opened[0]) if len(opened) else 0
    names = [view.classes[i] for i in frame["label"].iloc[rows]]
    right = frame["right"].to_numpy()[rows]
    tiles = [
        Tile(int(row), name, "", RIGHT if good else WRONG) for row, name, good in zip(rows, names, right, strict=True)
    ]
    images = view.images.of_rows(rows)
    assert images is not None
    gallery(
        images,
        tiles,
        key="choice-faces",
        size=72,
        chosen=int(rows[place]),
        on_click=lambda row: narrow(face=str(frame["id"].iat[row])),
    )
    return Face(images[place], f"a face of {view.selection.data}, labelled {names[place]}")


def _examples(view: View) -> np.ndarray:
    """One row per class whose image is here: its most confident face that was recognised, or simply the most
    confident."""
    order = np.lexsort((-view.frame["confidence"].to_numpy(), ~view.frame["right"].to_numpy()))
    order = order[view.images.places[order] >= 0]
    labels = view.frame["label"].to_numpy()[order]
    return order[np.unique(labels, return_index=True)[1]]


def _mean(view: View) -> Face | None:
    """The stored mean face of a class, where the dataset is not here."""
    try:
        faces = load.cams(view.results, view.split)["faces"]
    except FerkitError as error:
        st.info(str(error), icon=":material/info:")
        return None
    colours = of_classes(view.classes)
    tiles = [Tile(i, name, "mean face", colours[name]) for i, name in enumerate(view.classes)]
    chosen = min(int(st.session_state.get("choice-class", 0)), len(tiles) - 1)

    def keep(row: int) -> None:
        st.session_state["choice-class"] = row

    shown = np.stack([enlarge(face, 144) for face in faces])
    gallery(shown, tiles, key="choice-means", size=72, chosen=chosen, on_click=keep)
    return Face(
        faces[chosen], f"the mean face of {view.classes[chosen]}, as the faces themselves are not on this machine"
    )
