"""The audit of a dataset: a button that makes it, with its progress, and what is stored."""

import pandas as pd
import streamlit as st

from dashboard import load
from dashboard.words import plain
from ferkit.audit import store
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError

__all__ = ["groups", "offer", "stored"]


def stored(faces: Faces) -> pd.DataFrame | None:
    """The audit of a dataset as it lies beside it, cached; None where there is none. Raises DataError for a broken
    one."""
    table: pd.DataFrame | None = load.cached(_key(faces), lambda: store.load(faces))
    return table


def groups(faces: Faces, table: pd.DataFrame) -> list[store.Group]:
    """Its groups of duplicates, cached."""
    found: list[store.Group] = load.cached(("groups", *_key(faces)), lambda: store.groups(faces, table))
    return found


def offer(faces: Faces | None, why: str) -> bool:
    """A button that audits the dataset, where its images are here and no audit is; says `why`. Returns whether an audit
    is stored."""
    if faces is None:
        return False
    problem = ""
    try:
        if stored(faces) is not None:
            return True
    except FerkitError as error:
        problem = str(error)
    with st.container(border=True):
        st.markdown(plain(problem) if problem else why)
        start = st.button(
            "Audit this dataset", icon=":material/fact_check:", key="audit-start", type="primary",
            help=f"Measures {len(faces):,} faces and looks for near duplicates: about a minute for 30,000.",
        )  # fmt: skip
        if start:
            _run(faces)
    return False


def _run(faces: Faces) -> None:
    bar = st.progress(0.0, "Measuring faces …")

    def progress(done: int, total: int) -> None:
        share = min(1.0, done / max(total, 1))
        stage = "Measuring faces" if share < store.PARTS[0] / 100 else "Looking for duplicates"
        bar.progress(share, f"{stage}: {share:.0%}")

    try:
        store.save(faces, store.audit(faces, progress))
    except FerkitError as error:
        bar.empty()
        st.error(plain(str(error)), icon=":material/error:")
    else:
        st.rerun()


def _key(faces: Faces) -> tuple[object, ...]:
    return ("audit", faces.fingerprint, load.key_of(store.path_of(faces.name)))
