"""Import a dataset that was dropped on a page: upload, temporary file, store. Nothing of the upload's name becomes a
path."""

import re
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

import streamlit as st

from dashboard.state import narrow
from ferkit.data import store
from ferkit.data.importing import SIZES, ImportReport, import_faces
from ferkit.errors import FerkitError

__all__ = ["show", "suggest", "summary"]

LISTED = 20  # skipped files named


def show() -> None:
    """The form: a zip or CSV, optional votes, a name, and what may be changed; then a bar until it is done."""
    source = st.file_uploader(
        "A zip of train/val/test class folders (the Kaggle zip as it is), or fer2013.csv",
        type=["zip", "csv"],
        key="import-source",
    )
    votes = st.file_uploader("Crowd votes (optional): FER+ as a CSV", type=["csv"], key="import-votes")
    name = st.text_input(
        "Name",
        value=suggest(source.name) if source else "",
        key=f"import-name-{source.file_id if source else ''}",
        max_chars=80,
    )
    with st.container(horizontal=True):
        size = st.number_input(
            "Resize to (pixels)",
            *SIZES,
            None,
            help="Empty keeps the size; needed where pictures differ.",
            key="import-size",
        )
        subset = st.number_input(
            "Share to keep (%)", 1, 100, 100, help="A seeded part of every split and class.", key="import-subset"
        )
    replace = name in store.names() and not st.checkbox(
        f"Replace the dataset {name!r} that is here", key="import-replace"
    )
    ready = source is not None and bool(name) and not replace
    if (
        st.button("Import", type="primary", icon=":material/upload_file:", disabled=not ready, key="import-start")
        and source
    ):
        _run(source, name, votes, size, subset / 100)


def suggest(name: str) -> str:
    """A dataset name after an upload's: its stem, without what a name may not hold."""
    stem = re.sub(r"\.(zip|csv)$", "", name.replace("\\", "/").rsplit("/", 1)[-1], flags=re.IGNORECASE)
    return re.sub(r"[^A-Za-z0-9._ -]+", "-", stem).lstrip("._ -")[:80].strip() or "faces"


def _run(source: BinaryIO, name: str, votes: BinaryIO | None, size: int | None, subset: float) -> None:
    bar = st.progress(0.0, "Reading the upload …")

    def tell(done: int, total: int) -> None:
        bar.progress(min(1.0, done / max(total, 1)), f"Reading faces: {done:,} of {total:,}")

    try:
        with tempfile.TemporaryDirectory(prefix="ferkit-") as folder:
            report = import_faces(
                _keep(source, Path(folder) / "upload"),
                name,
                votes=_keep(votes, Path(folder) / "votes") if votes else None,
                size=size,
                subset=subset,
                progress=tell,
            )
    except FerkitError as error:
        bar.empty()
        st.error(str(error), icon=":material/error:")
        return
    st.session_state["imported"] = report
    narrow(data=name)
    st.rerun()


def _keep(upload: BinaryIO, path: Path) -> Path:
    """The upload's bytes in a file called `path` and .zip or .csv, whichever it is by its first bytes."""
    upload.seek(0)
    path = path.with_suffix(".zip" if upload.read(2) == b"PK" else ".csv")
    upload.seek(0)
    with path.open("wb") as file:
        shutil.copyfileobj(upload, file)
    return path


def summary() -> None:
    """What the last import gave, once."""
    report: ImportReport | None = st.session_state.pop("imported", None)
    if report is None:
        return
    faces = report.faces
    sizes = f"{faces.size}×{faces.size} {'gray' if faces.channels == 1 else 'colour'}"
    st.success(
        f"**{faces.name}** is here: {len(faces):,} faces of {len(faces.classes)} classes, {sizes}. "
        + " ".join(report.notes),
        icon=":material/check_circle:",
    )
    if report.skipped:
        with st.expander(f"{len(report.skipped):,} files were left out"):
            rows = report.skipped[:LISTED]
            st.dataframe({"file": [one.name for one in rows], "why": [one.reason for one in rows]}, hide_index=True)
            if len(report.skipped) > LISTED:
                st.caption(f"and {len(report.skipped) - LISTED:,} more")
