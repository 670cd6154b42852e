"""The faces that a format answers otherwise than PyTorch."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import controls, parameters
from dashboard.faces.wall import wall
from dashboard.state import narrow, value
from dashboard.view import View
from dashboard.words import plain
from ferkit.deploy.choice import TITLES
from ferkit.deploy.record import Deployment, Flip

__all__ = ["kind", "sentence", "show"]

KINDS = ("all", "broken", "fixed", "changed")


def show(view: View, one: Deployment) -> None:
    """How many answers the chosen format changes, and the gallery of their faces."""
    name = value(parameters.EXPORTED)
    exported = one.formats.get(name)
    if exported is None or exported.lost is None:
        st.info(f"{plain(TITLES.get(name, name))} of {plain(view.run.name)} was not exported. Choose another format.")
        return
    if view.split != one.split:
        st.info(f"The formats were scored on {one.split}.", icon=":material/info:")
        st.button(f"Show {one.split}", key="deploy-split", on_click=narrow, kwargs={"split": one.split})
        return
    flips = {flip.id: flip for flip in exported.lost.flips}
    rows = view.rows()
    ids = view.frame["id"].to_numpy()
    rows = rows[np.isin(ids[rows], list(flips))]
    kinds = np.array([kind(flips[str(ids[row])]) for row in rows])
    counts = {name: int((kinds == name).sum()) for name in KINDS} | {"all": len(rows)}
    st.markdown(sentence(f"{view.run.name} as {TITLES.get(name, name)}", counts))
    if not len(rows):
        return
    texts = {name: f"{name} {counts[name]:,}" for name in KINDS}
    controls.show(controls.segments(parameters.FLIPPED, "Faces", texts, bare=True), key="flipped")
    side = value(parameters.FLIPPED, KINDS)
    shown = rows if side == "all" else rows[kinds == side]
    wall(view, shown, key="deploy", notes=lambda faces: _notes(view, faces, flips))


def kind(flip: Flip) -> str:
    """ "fixed", "broken", or "changed" from one wrong class to another."""
    return "fixed" if flip.after == flip.label else "broken" if flip.before == flip.label else "changed"


def sentence(what: str, counts: dict[str, int]) -> str:
    """ "**37 faces** are answered otherwise by compact as int8: 18 broken, 10 fixed, 9 changed", in Markdown."""
    n = counts["all"]
    if not n:
        return f"**No face** is answered otherwise by {plain(what)}."
    verb = "face is" if n == 1 else "faces are"
    parts = ", ".join(f"{counts[name]:,} {name}" for name in KINDS[1:] if counts[name])
    return f"**{n:,} {verb}** answered otherwise by {plain(what)}: {parts}."


def _notes(view: View, rows: np.ndarray, flips: dict[str, Flip]) -> list[str]:
    """Under each face what PyTorch answers and what the format does: "sad → fear"."""
    return [_note(flips[str(id)], view.classes) for id in view.frame["id"].to_numpy()[rows]]


def _note(flip: Flip, classes: Sequence[str]) -> str:
    before, after = (classes[i] if i < len(classes) else "?" for i in (flip.before, flip.after))
    return f"{before} → {after}"
