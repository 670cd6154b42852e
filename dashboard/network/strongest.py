"""The faces that excite a channel most, each with what the unit sees of it cut out."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.components.tiles import Tile, tile_grid
from dashboard.network.alone import alone
from dashboard.state import Selection
from dashboard.thumbnail import enlarge
from dashboard.view import bring_images, with_copies
from dashboard.words import plain
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError
from ferkit.runs import Run

if TYPE_CHECKING:  # torch
    from ferkit.explain.excitation import Excitation
    from ferkit.explain.receptive_field import Fields

__all__ = ["activity", "copies", "cut_out", "searched", "show"]

MOST = 1200  # faces that are searched, evenly over the split
BATCH = 64
SHOWN = 18
TILE = 96
DIM = 0.28  # of what a unit does not see


def show(run: Run, selection: Selection, layer: str, channel: int | None, choose: Callable[[int], None]) -> None:
    """Faces of the Selection's split under the receptive field of the unit that each excites most, and the layer's
    other channels to choose from."""
    faces = searched(selection)
    if faces is None:
        bring_images(selection.data)
        return
    try:
        found = _excited(run, faces, selection.split, layer)
        fields = _fields(run, layer)
    except FerkitError as error:
        st.info(f"No faces: {plain(str(error))}", icon=":material/info:")
        return
    order = np.argsort(-found.spread, kind="stable")
    at = channel if channel is not None and channel < len(order) else int(order[0])
    _choice(found, order, at, choose)
    rows = found.strongest(at, SHOWN)
    st.markdown(_sentence(found, faces, rows, at))
    side, size = _sides(run)
    images = [
        cut_out(faces.images[row], fields, (int(found.rows[row, at]), int(found.columns[row, at])), side, size)
        for row in rows
    ]
    top = max(float(found.peak[rows[0], at]), 1e-12)
    tiles = [Tile(int(row), faces.classes[faces.labels[row]], f"{found.peak[row, at] / top:.0%}") for row in rows]
    tile_grid(np.stack(images), tiles, key="filters-strongest", size=TILE)
    st.caption(_caption(fields, len(faces), found, side) + with_copies("The faces searched", copies(run, faces)))


def activity(run: Run, selection: Selection, layer: str) -> np.ndarray | None:
    """How much each channel varies over faces and places, float32 (K,); None without images. Raises FerkitError."""
    faces = searched(selection)
    return None if faces is None else _excited(run, faces, selection.split, layer).spread


def copies(run: Run, faces: Faces) -> int:
    """How many of these faces are exact copies of those that the run was trained on."""
    return int(faces.leaked.sum()) if faces.name == run.dataset else 0


def searched(selection: Selection) -> Faces | None:
    """At most `MOST` faces of the Selection's split, in its order; None where the dataset is not here."""
    faces = load.faces(selection.data)
    if faces is None:
        return None

    def make() -> Faces:
        rows = np.flatnonzero((faces.splits == selection.split) | (selection.split not in faces.splits))
        return faces.select(rows[:: max(1, -(-len(rows) // MOST))])

    part: Faces = load.cached(("searched", faces.name, faces.fingerprint, selection.split), make)
    return part


def cut_out(image: np.ndarray, fields: "Fields", place: tuple[int, int], side: int, size: int) -> np.ndarray:
    """A face, uint8 (H, W[, 3]), large, darkened where the unit at a place of the maps does not see it.

    The network reads the middle `side` pixels of a face of `size`.
    """
    shown = enlarge(image, 2 * TILE)
    if fields is None:
        return shown
    edge, scale = (size - side) // 2, 2 * TILE / size
    rows, columns = (
        slice(round((one.start + edge) * scale), round((one.stop + edge) * scale))
        for one in (field.at(at, side) for field, at in zip(fields, place, strict=True))
    )
    dark = (shown * DIM).astype(np.uint8)
    dark[rows, columns] = shown[rows, columns]
    return dark


def _excited(run: Run, faces: Faces, split: str, layer: str) -> "Excitation":
    def make() -> "Excitation":
        from ferkit.explain.excitation import excitation

        network = load.classifier(run)
        parts = (faces.images[i : i + BATCH] for i in range(0, len(faces), BATCH))
        return alone(lambda: excitation(network.model, map(network.prepare, parts), layer))

    found: Excitation = load.cached(("excited", run.key, faces.fingerprint, split, layer), make)
    return found


def _fields(run: Run, layer: str) -> "Fields":
    def make() -> "Fields":
        from ferkit.explain.receptive_field import receptive_fields
        from ferkit.explain.replica import replica

        network = load.classifier(run)
        size, channels = network.input.size, network.input.channels
        blank = np.zeros((1, size, size, 3) if channels == 3 else (1, size, size), np.uint8)
        return alone(lambda: receptive_fields(replica(network.model), network.prepare(blank))).get(layer)

    fields: Fields = load.cached(("field", run.key, layer), make)
    return fields


def _sides(run: Run) -> tuple[int, int]:
    """Pixels that the network reads, and of a face."""
    read = load.classifier(run).input
    return read.side, read.size


def _choice(found: "Excitation", order: np.ndarray, at: int, choose: Callable[[int], None]) -> None:
    """The channels, those that vary most first."""
    key = "filters-channel"
    st.session_state[key] = at
    st.selectbox(
        "Channel", [int(i) for i in order], key=key, width=260,
        format_func=lambda i: f"{i} · varies by {found.spread[i]:.2g}", on_change=lambda: _chosen(key, at, choose),
        help="Those that vary most over faces and places come first.",
    )  # fmt: skip


def _chosen(key: str, before: int, choose: Callable[[int], None]) -> None:
    now = st.session_state.get(key)
    if isinstance(now, int) and now != before:
        choose(now)


def _sentence(found: "Excitation", faces: Faces, rows: np.ndarray, at: int) -> str:
    labels = np.bincount(faces.labels[rows], minlength=len(faces.classes))
    share = np.bincount(faces.labels, minlength=len(faces.classes)) / len(faces)
    most = int((labels / len(rows) - share).argmax())
    return (
        f"**{labels[most]} of the {len(rows)} faces that excite channel {at} most are labelled "
        f"{plain(faces.classes[most])}**, {share[most]:.0%} of all that were searched."
    )


def _caption(fields: "Fields", n: int, found: "Excitation", side: int) -> str:
    size = "all of the face" if fields is None else f"{min(fields[0].size, side)} × {min(fields[1].size, side)} pixels"
    silent = found.silent()
    return (
        f"Of {n:,} faces; a unit of this layer sees {size}, lit at the place that responds most. Percentages are of "
        f"the strongest response. {silent or 'None'} of {len(found.spread)} channels "
        f"{'is' if silent <= 1 else 'are'} silent (less than 1% of the liveliest one's variation)."
    )
