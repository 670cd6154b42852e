"""One face: by several methods and runs on one scale, all classes at once, and as a picture to keep."""

import numpy as np
import streamlit as st

from dashboard import load
from dashboard.components.explained import explained
from dashboard.evidence import record
from dashboard.evidence.record import Stored
from dashboard.explanations import face, picture, settings
from dashboard.explanations.face import Chosen
from dashboard.explanations.grid import Asked, rows
from dashboard.explanations.settings import Settings
from dashboard.state import current
from dashboard.view import View
from dashboard.words import plain
from ferkit.errors import FerkitError

__all__ = ["show"]


def show(view: View, stored: Stored | None) -> None:
    """Choose a face; until one is chosen, no network is started."""
    st.subheader("One face", anchor=False)
    chosen = face.choose(view)
    if chosen is None:
        where = "here or in the gallery below" if view.images.here else "or a photo of your own"
        st.caption(f"Choose a face, {where}: it is explained by several methods, for all emotions at once.")
        return
    if not view.run.weights.is_file():
        st.info(f"The weights of {plain(view.run.name)} are not on this machine.", icon=":material/info:")
        return
    methods, values, names, only = settings.choose(view, stored)
    if not methods:
        st.caption("Choose a method.")
        return
    asked = _asked(view, stored, chosen, methods, values, names, only)
    try:
        with st.spinner("Explaining the face …", show_time=True):
            made = rows(asked)
    except FerkitError as error:
        st.info(f"No maps: {plain(str(error))}", icon=":material/info:")
        return
    framed = "" if only else " Framed is what the run predicts."
    st.caption(
        f"Face: {plain(chosen.text)}. Red speaks for the emotion, blue against it; all maps of a method are on one "
        f"scale.{framed}"
    )
    explained(chosen.image, made, key="explanations-one-face", size=132 if not only else 180)
    origin = _origin(view, chosen, asked, values)
    st.download_button(
        "Save as PNG",
        lambda: picture.png(chosen.image, made, origin),
        f"{view.run.name}-explained.png",
        "image/png",
        icon=":material/download:",
        on_click="ignore",
        help="The picture with run, methods, parameters and file written under it.",
    )


def _asked(
    view: View, stored: Stored | None, chosen: Chosen, methods: list[str], values: Settings, names: list[str], only: str
) -> Asked:
    from ferkit.explain.methods import METHODS

    runs = load.all_runs()
    others = [
        (runs[name], record.of_run(runs[name], runs[name].results(view.selection.data), view.split))
        for name in names[1:]
    ]
    return Asked(
        image=np.ascontiguousarray(chosen.image),
        reference=face.reference(view, stored),
        methods={name: (METHODS[name].title, values.get(name, {})) for name in methods},
        runs=[(view.run, stored), *others],
        classes=view.classes,
        only=only,
    )


def _origin(view: View, chosen: Chosen, asked: Asked, values: Settings) -> dict[str, str]:
    """Where the picture is from, in words."""
    from ferkit.explain.methods import METHODS

    used = []
    for name in asked.methods:
        numbers = METHODS[name].settings(values.get(name, {}))
        said = ", ".join(f"{parameter} {number:g}" for parameter, number in numbers.items())
        used.append(f"{METHODS[name].title} ({said or 'no parameters'})")
    return {
        "Face": chosen.text,
        "Runs": ", ".join(f"{run.name} ({run.manifest.model.name}, seed {run.manifest.seed})" for run, _ in asked.runs),
        "Methods": "; ".join(used),
        "Class": asked.only or "all",
        "Dataset": f"{current().data}, split {view.split}",
        "Scale": "red for, blue against the class; all maps of a method on one scale",
    }
