"""Choose the face that is shown to a network: of the dataset, a mean face where there is none, or of a photo."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import load, parameters, view
from dashboard.camera import own_photo, photo
from dashboard.components.tiles import Tile, tile_grid
from dashboard.state import Selection, current, narrow, put, value
from dashboard.thumbnail import enlarge
from dashboard.view import View
from dashboard.words import plain
from ferkit.colours import RIGHT, WRONG, of_classes
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError
from ferkit.faces.crop import landmarks_in
from ferkit.runs import Run

__all__ = ["Face", "choose", "examples", "of_photo"]

KEY = "choice"


@dataclass(frozen=True, eq=False)
class Face:
    """A chosen face."""

    image: np.ndarray  # uint8 (H, W) or (H, W, 3)
    text: str  # what it is, in words
    landmarks: np.ndarray | None = None  # float (5, 2), x, y in pixels of the image, where a detector gives them


def choose(run: Run, selection: Selection) -> Face | None:
    """Draw the choice; None if there is nothing to choose from."""
    upload = own_photo.take("choice-photo")
    if upload is not None and (face := of_photo(upload, run)) is not None:
        return face
    if run.name == selection.run and selection.split in run.results(selection.data).scores:
        results = view.of(selection)
        return _of_results(results) if results.images.here else _mean(results)
    return _of_faces(load.faces(selection.data) or load.faces(load.DEMO))


def of_photo(content: bytes, run: Run) -> Face | None:
    """The largest face of a photo as the network is given it; None, after a message, where none is found."""
    with load.show_errors():
        whole_image = photo.takes_whole_image(content, KEY)
        reading = photo.reading_of(content, run, whole_image=whole_image)
    if not reading.faces:
        photo.no_face(content, KEY)
        return None
    face = reading.faces[0]
    assert face.crop is not None
    text = "the largest face of your photo" if reading.method == "detected" else "your whole photo"
    return Face(face.crop, text, landmarks_in(face.box, reading.margin, len(face.crop)))


def _of_faces(faces: Faces | None) -> Face | None:
    """The first face of each class of a dataset that the run was not evaluated on."""
    if faces is None:
        return None
    classes, rows = np.unique(faces.labels, return_index=True)
    names = [faces.classes[i] for i in classes]
    place = min(value(parameters.MEAN_FACE), len(rows) - 1)
    tiles = [Tile(i, name, "") for i, name in enumerate(names)]
    tile_grid(faces.images[rows], tiles, key="choice-classes", size=72, chosen=place, on_click=_keep_class)
    return Face(faces.images[rows[place]], f"a face of {faces.name}, labelled {names[place]}")


def _of_results(results: View) -> Face:
    """The Selection's open face, or the most confident one of each class."""
    frame, rows = results.frame, examples(results)
    opened = np.flatnonzero((frame["id"].to_numpy() == current().face) & (results.images.places >= 0))
    if len(opened) and opened[0] not in rows:
        rows = np.concatenate([opened[:1], rows])
    place = rows.tolist().index(opened[0]) if len(opened) else 0
    names = [results.classes[i] for i in frame["label"].iloc[rows]]
    right = frame["right"].to_numpy()[rows]
    tiles = [
        Tile(int(row), name, "", RIGHT if good else WRONG) for row, name, good in zip(rows, names, right, strict=True)
    ]
    images = results.images.of_rows(rows)
    assert images is not None
    tile_grid(
        images,
        tiles,
        key="choice-faces",
        size=72,
        chosen=int(rows[place]),
        on_click=lambda row: narrow(face=str(frame["id"].iat[row])),
    )
    return Face(images[place], f"a face of {results.selection.data}, labelled {names[place]}")


def examples(results: View) -> np.ndarray:
    """One row per class whose image is here: its most confident face that was recognised, or simply the most
    confident."""
    order = np.lexsort((-results.frame["confidence"].to_numpy(), ~results.frame["right"].to_numpy()))
    order = order[results.images.places[order] >= 0]
    labels = results.frame["label"].to_numpy()[order]
    return order[np.unique(labels, return_index=True)[1]]


def _mean(results: View) -> Face | None:
    """The stored mean face of a class, where the dataset is not here."""
    try:
        faces = load.cams(results.results, results.split)["faces"]
    except FerkitError as error:
        st.info(plain(str(error)), icon=":material/info:")
        return None
    colours = of_classes(results.classes)
    tiles = [Tile(i, name, "mean face", colours[name]) for i, name in enumerate(results.classes)]
    chosen = min(value(parameters.MEAN_FACE), len(tiles) - 1)

    shown = np.stack([enlarge(face, 144) for face in faces])
    tile_grid(shown, tiles, key="choice-means", size=72, chosen=chosen, on_click=_keep_class)
    return Face(
        faces[chosen], f"the mean face of {results.classes[chosen]}, as the faces themselves are not on this machine"
    )


def _keep_class(row: int) -> None:
    put(parameters.MEAN_FACE, row)
