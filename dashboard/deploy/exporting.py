"""A button that makes a file of the chosen run, and offers it."""

from functools import partial

import streamlit as st

from dashboard import load
from dashboard.components.toolbar import Select, toolbar
from dashboard.words import plain
from ferkit.deploy.choice import TITLES
from ferkit.deploy.formats import FORMATS
from ferkit.deploy.sentences import kilobytes
from ferkit.errors import FerkitError
from ferkit.runs import Run

__all__ = ["show"]

FORMAT = "deploy-format"  # in the session


def show(run: Run, data: str) -> None:
    """Choose a format, press the button, download the file."""
    st.markdown(f"**Export {plain(run.name)}**")
    if not run.weights.is_file():
        st.caption(f"The weights of {plain(run.name)} are not here: {plain(run.weights.name)} is missing.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = _format()
        pressed = st.button("Export", type="primary", icon=":material/rocket_launch:", key="deploy-export")
        path = run.path / FORMATS[name].file
        if pressed and _export(run, name, data):
            st.rerun()
        if path.is_file():
            st.download_button(
                f"Download {path.name} ({kilobytes(path.stat().st_size)})",
                path.read_bytes,
                file_name=f"{run.name}-{path.name}",
                mime="application/octet-stream",
                icon=":material/download:",
                on_click="ignore",
                key="deploy-download",
            )
    st.caption(
        f"{plain(FORMATS[name].about)}. uint8 faces of {run.manifest.input.size} pixels go in; crop, normalisation, "
        "temperature and softmax are inside. int8 is calibrated on training faces where the dataset is here, on "
        "drawn faces otherwise."
    )


def _format() -> str:
    """Draw the choice of the format to export."""
    chosen = st.session_state.get(FORMAT)
    chosen = chosen if chosen in FORMATS else next(iter(FORMATS))
    texts = {name: TITLES.get(name, name) for name in FORMATS}
    keep = partial(st.session_state.__setitem__, FORMAT)
    with st.container(width=190):
        toolbar([Select("format", "Format", texts, chosen, on_change=keep)], key="deploy-export-format")
    return str(chosen)


def _export(run: Run, name: str, data: str) -> bool:
    """Whether the file was made; a sentence is shown where it was not."""
    faces = load.faces(run.dataset if run.dataset == data else data)
    with st.spinner(f"Exporting {run.name} as {TITLES.get(name, name)} …"):
        try:
            from ferkit.deploy.export import export  # torch takes seconds to import

            export(run, faces, [name])
        except FerkitError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return False
    return True
