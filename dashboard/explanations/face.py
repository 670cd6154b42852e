"""Which face is explained: one opened in a gallery, an example of a class, a mean face, a drawn one, or a photo's."""

from dataclasses import dataclass

import numpy as np

from dashboard import load, parameters
from dashboard.camera import own_photo
from dashboard.components.tiles import Tile, tile_grid
from dashboard.evidence.record import Stored
from dashboard.network.face_choice import examples, of_photo
from dashboard.state import current, put, value
from dashboard.thumbnail import enlarge
from dashboard.view import View
from ferkit.colours import RIGHT, WRONG, of_classes
from ferkit.data import store
from ferkit.errors import FerkitError
from ferkit.explain.overlay import clear

__all__ = ["Chosen", "choose", "reference"]

TILE = 76  # pixels


@dataclass(frozen=True, eq=False)
class Chosen:
    """A face to explain."""

    image: np.ndarray  # uint8 (H, W) or (H, W, 3)
    text: str  # what it is, in words, for the caption and the saved picture
    label: str = ""  # its true class, where known


@dataclass(frozen=True, eq=False)
class Option:
    """A face that can be chosen."""

    name: str  # in the URL
    title: str
    face: Chosen
    colour: str = "transparent"
    note: str = ""


def choose(view: View) -> Chosen | None:
    """Draw the choice; None where nothing was chosen yet."""
    opened = current().face
    if opened and opened != value(parameters.EXPLAINED):
        put(parameters.EXPLAINED, opened)
    upload = own_photo.take("explanations-photo")
    if upload is not None and (face := of_photo(upload, view.run)) is not None:
        return Chosen(face.image, face.text)
    options = _of_results(view) if view.images.here else [*_means(view), *_drawn(view)]
    if not options:
        return None
    names = [option.name for option in options]
    wanted = value(parameters.EXPLAINED)
    at = names.index(wanted) if wanted in names else None
    tile_grid(
        np.stack([_shown(option, options) for option in options]),
        [Tile(i, option.title, option.note, option.colour) for i, option in enumerate(options)],
        key="explanations-faces",
        size=TILE,
        chosen=at,
        on_click=lambda i: put(parameters.EXPLAINED, names[i]),
    )
    return options[at].face if at is not None else None


def reference(view: View, stored: Stored | None) -> np.ndarray | None:
    """The mean face that hidden parts are taken from, uint8 (H, W[, 3])."""
    if stored is not None:
        return stored.evidence["mean_face"]
    try:
        cams = load.cams(view.results, view.split)
    except FerkitError:
        return None
    counts = (cams["right_n"] + cams["wrong_n"]).astype(np.float64)
    mean = np.tensordot(counts / max(1.0, counts.sum()), cams["faces"].astype(np.float64), 1)
    return np.rint(mean).astype(np.uint8)


def _of_results(view: View) -> list[Option]:
    """The face chosen before, then one of each class."""
    frame, rows = view.frame, examples(view)
    chosen = np.flatnonzero((frame["id"].to_numpy() == value(parameters.EXPLAINED)) & (view.images.places >= 0))
    rows = np.concatenate([chosen[:1], rows[~np.isin(rows, chosen[:1])]]) if len(chosen) else rows
    images = view.images.of_rows(rows)
    assert images is not None
    options, labels = [], frame["label"].to_numpy()
    for row, image in zip(rows.tolist(), images, strict=True):
        name, label = str(frame["id"].iat[row]), view.classes[labels[row]]
        face = Chosen(image, f"{name} of {view.selection.data}, labelled {label}", label)
        options.append(Option(name, label, face, RIGHT if frame["right"].iat[row] else WRONG))
    return options


def _means(view: View) -> list[Option]:
    """The stored mean face of each class."""
    try:
        faces = load.cams(view.results, view.split)["faces"]
    except FerkitError:
        return []
    colours = of_classes(view.classes)
    return [
        Option(f"mean {i}", name, Chosen(face, f"the mean face of {name}", name), colours[name], "mean face")
        for i, (name, face) in enumerate(zip(view.classes, faces, strict=True))
    ]


def _drawn(view: View) -> list[Option]:
    """A drawn face of each class, where they are here already."""
    faces = load.faces(load.DEMO) if store.path_of(load.DEMO).is_file() else None
    if faces is None:
        return []
    classes, rows = np.unique(faces.labels, return_index=True)
    return [
        Option(
            f"drawn {c}",
            faces.classes[c],
            Chosen(faces.images[row], f"a drawn face, labelled {faces.classes[c]}", faces.classes[c]),
            note="drawn face",
        )
        for c, row in zip(classes.tolist(), rows.tolist(), strict=True)
    ]


def _shown(option: Option, options: list[Option]) -> np.ndarray:
    """As large as its tile; in colour where another option is: they share a sheet."""
    image = enlarge(option.face.image, 2 * TILE)
    image = clear(image) if option.note == "mean face" else image
    if image.ndim == 2 and any(option.face.image.ndim == 3 for option in options):
        return np.repeat(image[:, :, None], 3, 2)
    return image
