"""The training faces nearest to an open face: what it was learned from, before any heat map."""

import numpy as np
import streamlit as st

from dashboard import load, near
from dashboard.components.tiles import Tile, tile_grid
from dashboard.view import View
from dashboard.words import code, percent, plain
from ferkit.colours import of_classes
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError
from ferkit.explain.face_regions import REGIONS, face_regions
from ferkit.explain.part_differences import part_differences, usual_differences
from ferkit.runs.nearest import NearestTrain

__all__ = ["difference", "import_hint", "sentence", "show", "train_faces"]

STANDS_OUT = 1.15  # times the usual difference of two faces
SAME = 2e-3  # a distance below which it is the same picture, more or less
SAMPLED = 2000  # training faces that the usual difference and the mean face are made of


def show(view: View, row: int) -> None:
    """The nearest ones with their labels, ⚠ where one is not the prediction; the nearest with the face's own label;
    what differs. One sentence where they are not stored."""
    st.markdown("**Nearest training faces**")
    if not view.results.has(view.split, "-nearest.npz"):
        command = f"python -m ferkit nearest {view.run.name} --data '{view.selection.data}' --split {view.split}"
        st.caption(f"They are not stored with this run. Find them: {code(command)}")
        return
    try:
        stored = near.stored(view.results, view.split)
    except FerkitError as error:
        st.caption(plain(str(error)))
        return
    label, pred = (int(view.frame[name].to_numpy()[row]) for name in ("label", "pred"))
    train = _train(stored)
    rows, labels = _shown(stored, row, label)
    if train is None:
        st.caption(", ".join(_said(view, int(i), pred) for i in labels) + f". {import_hint(stored.data)}")
    else:
        tile_grid(train.images[rows], _tiles(view, stored, row, label, pred), key="detail-train", size=50)
    lines = [sentence(stored, row, view.classes, label, pred)]
    if train is not None and (image := view.images.of_rows(np.array([row]))) is not None:
        lines.append(_compared(view, image[0], train, stored, row))
    st.caption(" ".join(line for line in lines if line))


def sentence(stored: NearestTrain, row: int, classes: tuple[str, ...], label: int, pred: int) -> str:
    """How the nearest ones are labelled, and how far the face is from what the network was trained on; Markdown."""
    labels, gaps = stored.labels[row], stored.distance[row]
    n, k = int((labels == pred).sum()), len(labels)
    said = f"By the cosine of the features; ⚠ marks a label other than the prediction. {n} of {k} are labelled "
    said += f"{plain(classes[pred])}, as predicted"
    if pred == label:
        said += "."
    elif stored.true_rows[row] < 0:
        said += f"; no training face is labelled {plain(classes[label])}."
    elif (own := int((labels == label).sum())) > 0:
        said += f", {own} {plain(classes[label])}, as the face itself."
    else:
        said += (
            f", none {plain(classes[label])}, as the face itself: the nearest of these is "
            f"{stored.true_distance[row] / max(float(gaps[0]), 1e-3):.1f} times as far as the first."
        )
    if gaps[0] < SAME:
        said += " The first is nearly the same picture."
    if gaps[-1] > stored.far:
        said += " The face is further from all training faces than 99% of its split."
    return said


def difference(gaps: np.ndarray, usual: np.ndarray) -> str:
    """The part in which two faces differ most against the usual difference, in words; "" where nothing stands out.

    `gaps` and `usual` are (R,) of REGIONS; what lies elsewhere than on the face does not count.
    """
    parts = [i for i, name in enumerate(REGIONS) if name != "elsewhere" and usual[i] > 0]
    ratios = {REGIONS[i]: float(gaps[i] / usual[i]) for i in parts}
    most = max(ratios, key=lambda name: ratios[name], default="")
    return f"the {most} ({ratios[most]:.1f} times the usual difference)" if ratios.get(most, 0) > STANDS_OUT else ""


def _shown(stored: NearestTrain, row: int, label: int) -> tuple[np.ndarray, np.ndarray]:
    """Places and labels: the nearest ones, and the nearest with the face's own label where none of them has it."""
    rows, labels = stored.rows[row], stored.labels[row]
    if label in labels or stored.true_rows[row] < 0:
        return rows, labels
    return np.append(rows, stored.true_rows[row]), np.append(labels, label)


def _compared(view: View, image: np.ndarray, train: Faces, stored: NearestTrain, row: int) -> str:
    """Where the face differs from the nearest one with its own label."""
    place = int(stored.true_rows[row])
    if place < 0 or image.shape != train.images.shape[1:] or len(train) < 2:
        return ""
    masks, usual = _usual(train)
    most = difference(part_differences(image, train.images[place], masks), usual)
    name = plain(view.classes[int(view.frame["label"].to_numpy()[row])])
    return f"In pixels it differs from the nearest {name} most at {most}." if most else ""


def _usual(train: Faces) -> tuple[np.ndarray, np.ndarray]:
    """Regions of the mean training face, and the usual difference of two in each, cached."""

    def make() -> tuple[np.ndarray, np.ndarray]:
        some = train.images[:: max(1, len(train) // SAMPLED)]
        masks = face_regions(np.rint(some.mean(0))).masks
        return masks, usual_differences(some, masks)

    found: tuple[np.ndarray, np.ndarray] = load.cached(("usual", train.name, train.fingerprint), make)
    return found


def train_faces(data: str, fingerprint: str) -> Faces | None:
    """The training faces of that very dataset, cached; None where it is not here."""
    faces = load.faces(data)
    if faces is None or faces.fingerprint != fingerprint:
        return None
    train: Faces = load.cached(("train", faces.name, faces.fingerprint), lambda: faces.split("train"))
    return train


def import_hint(data: str) -> str:
    """How to bring a dataset that is not here, as Markdown."""
    command = f"python -m ferkit data import ARCHIVE.zip --name {data}"
    return f"To see them, import {plain(data)}: {code(command)}"


def _train(stored: NearestTrain) -> Faces | None:
    """The training faces that the stored places are of; None where that dataset is not here."""
    train = train_faces(stored.data, stored.fingerprint)
    return train if train is not None and len(train) == stored.n else None


def _tiles(view: View, stored: NearestTrain, row: int, label: int, pred: int) -> list[Tile]:
    _, labels = _shown(stored, row, label)
    gaps, colours = [*stored.distance[row], stored.true_distance[row]], of_classes(view.classes)
    tiles = []
    for i, (c, gap) in enumerate(zip(labels, gaps, strict=False)):
        name, alike = view.classes[c], percent(1 - float(gap), 0)
        head = f"The nearest labelled {name}" if i == len(stored.distance[row]) else ""
        tiles.append(Tile(i, name, alike if c == pred else f"⚠ {alike}", colours[name], head))
    return tiles


def _said(view: View, label: int, pred: int) -> str:
    return plain(view.classes[label]) if label == pred else f"⚠ {plain(view.classes[label])}"
