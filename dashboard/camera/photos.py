"""Many photos on the page: a table and a gallery of all faces, and from there each photo by itself."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import streamlit as st

from dashboard import load, parameters, words
from dashboard.camera import album, photo, resting
from dashboard.components.table import table
from dashboard.components.tiles import tile_grid
from dashboard.results import unsure
from dashboard.state import value
from ferkit.faces import Detector
from ferkit.images import NAMES
from ferkit.predict.photos import LIMITS, MOST_MEGABYTES, File, Photo, Source, is_zip, opened, read_each
from ferkit.runs import Run

__all__ = ["forget", "several", "show", "uploader"]

READ, OPEN = "photos-read", "photos-open"  # in the session: all that was read; the number of the photo shown alone
TALLEST = 420  # pixels of the table


@dataclass(eq=False)
class Read:
    """What was read of some files so far."""

    files: Sequence[File]
    by: tuple[Any, ...]
    photos: list[Photo] = field(default_factory=list)
    rows: list[album.Row] = field(default_factory=list)


def uploader(**options: Any) -> Any:
    """The widget that takes photos."""
    sizes = f"up to {photo.MOST_MEGABYTES} MB each, or a zip of up to {MOST_MEGABYTES} MB"
    label = f"Photos with one or more faces, {NAMES}, {sizes}"
    return st.file_uploader(
        label, [*photo.TYPES, "zip"], max_upload_size=MOST_MEGABYTES, accept_multiple_files=True, help=LIMITS, **options
    )


def several(files: Sequence[File]) -> bool:
    """Whether these are more than one photo, or a zip."""
    return len(files) > 1 or any(is_zip(*file) for file in files)


def forget() -> None:
    """Forget what was read of several photos, and with it their files."""
    st.session_state.pop(READ, None)
    st.session_state.pop(OPEN, None)


def show(files: Sequence[File], run: Run) -> None:
    """Read all photos with `run`, with progress; show them all, or the one that was opened."""
    with load.show_errors(), opened(files) as sources:
        read = _read(files, sources, run)
        if len(read.photos) == 1 and read.photos[0].message:
            st.error(words.plain(read.photos[0].message), icon=":material/error:")
        elif (at := st.session_state.get(OPEN)) is not None and at < len(sources):
            _one(sources, at, run)
        else:
            _all(read, run)


def _read(files: Sequence[File], sources: Sequence[Source], run: Run) -> Read:
    """What was read before, and the rest of it: a click meanwhile begins nothing anew."""
    detector, mirror = load.detector(), value(parameters.MIRROR)
    by = (run.key, detector.name, mirror, resting.key())
    read: Read | None = st.session_state.get(READ)
    if read is None or read.files is not files:
        st.session_state.pop(OPEN, None)
    if read is None or read.files is not files or read.by != by:
        st.session_state[READ] = read = Read(files, by)
    if len(read.photos) < len(sources):
        _read_rest(read, sources, run, detector, mirror)
    return read


def _read_rest(read: Read, sources: Sequence[Source], run: Run, detector: Detector, mirror: bool) -> None:
    bar = st.progress(0.0)
    rest = sources[len(read.photos) :]
    for done in read_each(rest, load.classifier(run), detector, explain=True, mirror=mirror):
        done = replace(done, reading=done.reading and resting.corrected(done.reading, run, mirror))
        read.rows += album.rows(done, len(read.photos), run)
        read.photos.append(album.lighter(done))
        text = f"{len(read.photos)} of {len(sources)} photos read"
        bar.progress(len(read.photos) / len(sources), text)
    bar.empty()


def _all(read: Read, run: Run) -> None:
    st.markdown(album.summary(read.photos))
    resting.show("photos-forget-neutral")
    limit = unsure.threshold(run)
    faces = [(i, row) for i, row in enumerate(read.rows) if row.thumbnail is not None]
    st.caption("A click on a face, or on a row of the table, opens its photo.")
    if faces:
        images, tiles = album.tiles(faces, run.classes)
        tile_grid(images, tiles, key="photos-tiles", size=album.SIZE, on_click=lambda i: _open(read.rows[i].photo))
        if len(faces) > len(tiles):
            st.caption(f"{len(tiles)} of {len(faces)} faces; the table has all.")
    table(
        [row.cells for row in read.rows], album.COLUMNS, title="Faces of all photos", key="photos-table",
        height=TALLEST, on_click=lambda i: _open(read.rows[i].photo),
    )  # fmt: skip
    if any(row.cells["unsure"] for row in read.rows):
        st.caption(unsure.sentence(limit))


def _one(sources: Sequence[Source], at: int, run: Run) -> None:
    """A photo by itself, and the ways back and on."""
    with st.container(horizontal=True, vertical_alignment="center"):
        back = partial(_open, None)
        st.button(f"All {len(sources)} photos", icon=":material/arrow_back:", key="photos-back", on_click=back)
        for text, icon, to in (("Previous", "chevron_left", at - 1), ("Next", "chevron_right", at + 1)):
            outside = not 0 <= to < len(sources)
            turn = partial(_open, to)
            st.button(text, icon=f":material/{icon}:", key=f"photos-{text.lower()}", on_click=turn, disabled=outside)
    st.markdown(f"**{words.plain(sources[at].name)}** ({at + 1} of {len(sources)})")
    photo.show(sources[at].content(), run, key="photo", mapped=True)


def _open(at: int | None) -> None:
    if at is None:
        st.session_state.pop(OPEN, None)
    else:
        st.session_state[OPEN] = at
