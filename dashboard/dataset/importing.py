"""Import a dataset that was dropped on a page: upload, temporary file, store."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard.components.table import Column, table
from dashboard.state import narrow
from dashboard.words import plain
from ferkit.data import store
from ferkit.data.importing import SIZES, ImportReport, import_faces
from ferkit.errors import FerkitError

__all__ = ["show", "summary"]

LISTED = 20  # skipped files that are named
SKIPPED = {"file": Column("File"), "reason": Column("Reason")}
KINDS = ["zip", "csv", "tar", "gz", "tgz", "bz2", "xz"]


def show() -> None:
    """The form: an archive or CSV, optional votes, a name and options; then a progress bar."""
    source = st.file_uploader(
        "A zip or .tar.gz of train/val/test class folders (as downloaded), or fer2013.csv",
        type=KINDS,
        key="import-source",
    )
    votes = st.file_uploader("Crowd votes (optional): FER+ as a CSV", type=["csv"], key="import-votes")
    name = st.text_input(
        "Name",
        value=store.suggest(source.name) if source else "",
        key=f"import-name-{source.file_id if source else ''}",
        max_chars=80,
    )
    with st.container(horizontal=True):
        size = st.number_input(
            "Resize to (pixels)",
            *SIZES,
            None,
            help="Empty keeps the size; needed where images differ.",
            key="import-size",
        )
        subset = st.number_input(
            "Share to keep (%)", 1, 100, 100, help="A seeded part of every split and class.", key="import-subset"
        )
    exists = name in store.names()
    replace = exists and st.checkbox("Replace the dataset of that name", key="import-replace")
    ready = source is not None and bool(name) and (replace or not exists)
    start = st.button("Import", type="primary", icon=":material/upload_file:", disabled=not ready, key="import-start")
    if start and source:
        _run(source, name, votes, {"size": size, "subset": subset / 100, "replace": replace})


def _run(source: UploadedFile, name: str, votes: UploadedFile | None, options: dict[str, Any]) -> None:
    bar = st.progress(0.0, "Reading the upload …")

    def progress(done: int, total: int) -> None:
        share = min(1.0, done / max(total, 1))
        bar.progress(share, f"Reading faces: {share:.0%}")

    try:
        with tempfile.TemporaryDirectory(prefix="ferkit-") as folder:
            table = _keep(votes, Path(folder) / "votes") if votes else None
            path = _keep(source, Path(folder))
            report = import_faces(path, name, votes=table, progress=progress, **options)
    except FerkitError as error:
        problem = str(error)
    except OSError as error:
        problem = f"The upload could not be kept ({error.strerror or error}). Free some space and try again."
    else:
        st.session_state["imported"] = report
        narrow(data=name)
        st.rerun()
    bar.empty()
    st.error(plain(problem), icon=":material/error:")


def _keep(upload: UploadedFile, folder: Path) -> Path:
    """The upload's bytes in a file of that folder; of its name only what is safe is kept, for messages."""
    ending = store.ENDINGS.search(upload.name)
    folder.mkdir(exist_ok=True)
    path = folder / f"{store.suggest(upload.name)}{ending[0].lower() if ending else ''}"
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
    imported = f"**{plain(faces.name)}** is imported: {len(faces):,} faces of {len(faces.classes)} classes, {sizes}. "
    st.success(imported + plain(" ".join(report.notes)), icon=":material/check_circle:")
    if report.skipped:
        files = "1 file was" if len(report.skipped) == 1 else f"{len(report.skipped):,} files were"
        with st.expander(f"{files} skipped"):
            rows = report.skipped[:LISTED]
            table(
                [{"file": row.name, "reason": row.reason} for row in rows],
                SKIPPED,
                title="Skipped files",
                key="skipped",
            )
            if len(report.skipped) > LISTED:
                st.caption(f"and {len(report.skipped) - LISTED:,} more")
