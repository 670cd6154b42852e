"""The faces of a comparison: those a run fixed or broke against another one, those both get wrong, those they see
differently; all of them, or of one cell of a matrix."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import controls, parameters
from dashboard.components.toolbar import Action
from dashboard.faces.wall import Notes, wall
from dashboard.results import pairing
from dashboard.state import current, put, value
from dashboard.view import View
from dashboard.words import plain
from ferkit.evaluate.alignment import Aligned

__all__ = ["SIDES", "Pick", "cell", "masks", "picked", "show"]

SIDES = {
    "fixed": "{run} is right, {other} is wrong",
    "broken": "{run} is wrong, {other} is right",
    "both wrong": "both are wrong",
    "both right": "both are right",
    "disagree": "they predict different classes",
    "all": "",
}


@dataclass(frozen=True)
class Pick:
    """The cell that is chosen; "" for what is not."""

    true: str = ""
    pred: str = ""
    whose: str = ""  # the run that predicts `pred`; "" for either of the two
    also: str = ""  # what the other of the two predicts


def picked() -> Pick:
    """What the URL says."""
    chosen = current()
    return Pick(chosen.true, chosen.pred, value(parameters.WHOSE), value(parameters.ALSO))


def show(aligned: Aligned, run: str, other: str, shown: View) -> None:
    """The faces of the chosen cell and side of the comparison, with how many each side has."""
    pick = picked()
    inside = cell(aligned, run, other, pick) & _passing(aligned, run, shown)
    sides = masks(aligned, run, other)
    counts = {name: int((inside & mask).sum()) for name, mask in sides.items()}
    texts = {name: f"{name} {counts[name]:,}" for name in SIDES}
    controls.show(controls.segments(parameters.CHANGED, "Faces", texts, bare=True), key="sides")
    side = value(parameters.CHANGED)
    st.markdown(sentence(counts[side], side, pick, run, other))
    if pick.pred and pick.also:
        rest = other if pick.whose == run else run
        label = f"{rest} predicts: {pick.also}"
        drop = Action(
            "also", label, remove=True, help="Remove this filter", on_change=lambda _: put(parameters.ALSO, "")
        )
        controls.show(drop, key="drop-also")
    rows = aligned.rows[aligned.names.index(run)][inside & sides[side]]
    order = np.argsort(-shown.frame["confidence"].to_numpy()[rows], kind="stable")
    wall(shown, rows[order], key="compare", notes=_notes(aligned, run, other))


def masks(aligned: Aligned, run: str, other: str) -> dict[str, np.ndarray]:
    """bool (n,) per side: its faces."""
    found = pairing.outcomes_of(aligned, other, run)
    every = {"all": np.ones(len(aligned.true), bool)}
    return {
        name: _mask(getattr(found, name.replace(" ", "_")), len(aligned.true)) for name in SIDES if name != "all"
    } | every


def cell(aligned: Aligned, run: str, other: str, pick: Pick) -> np.ndarray:
    """bool (n,): the faces of the chosen cell. A class that no run has, and a run that is neither, choose nothing."""
    inside = np.ones(len(aligned.true), bool)
    if pick.true in aligned.classes:
        inside &= aligned.true == aligned.classes.index(pick.true)
    if pick.pred not in aligned.classes:
        return inside
    mine, theirs = aligned.pred(run), aligned.pred(other)
    index = aligned.classes.index(pick.pred)
    if pick.whose not in (run, other):
        return inside & ((mine == index) | (theirs == index))
    first, second = (mine, theirs) if pick.whose == run else (theirs, mine)
    inside &= first == index
    return inside & (second == aligned.classes.index(pick.also)) if pick.also in aligned.classes else inside


def sentence(n: int, side: str, pick: Pick, run: str, other: str) -> str:
    """What is shown, in Markdown: "**38 fear faces**: alpha predicts sad; alpha is wrong, beta is right"."""
    names = {"run": plain(run), "other": plain(other)}
    of = f"{plain(pick.true)} " if pick.true else ""
    parts = []
    if pick.pred and pick.whose in (run, other):
        rest = other if pick.whose == run else run
        parts.append(f"{plain(pick.whose)} predicts {plain(pick.pred)}")
        if pick.also:
            parts[-1] += f", {plain(rest)} {plain(pick.also)}"
    elif pick.pred:
        parts.append(f"{names['run']} or {names['other']} predicts {plain(pick.pred)}")
    if sentence := SIDES[side].format(**names):
        parts.append(sentence)
    head = f"**{n:,} {of}{'face' if n == 1 else 'faces'}**"
    return f"{head}: {'; '.join(parts)}." if parts else f"{head}."


def _passing(aligned: Aligned, run: str, shown: View) -> np.ndarray:
    """bool (n,): the faces that pass the filters other than the cell."""
    passing = _mask(shown.rows(ignore=("true", "pred")), len(shown.frame))
    return passing[aligned.rows[aligned.names.index(run)]]


def _mask(rows: np.ndarray, n: int) -> np.ndarray:
    mask = np.zeros(n, bool)
    mask[rows] = True
    return mask


def _notes(aligned: Aligned, run: str, other: str) -> Notes:
    """Under each face what the other run predicts and what this one does: "sad → fear", or once where they agree."""
    both = np.full((2, int(aligned.rows[aligned.names.index(run)].max(initial=-1)) + 1), -1)
    both[:, aligned.rows[aligned.names.index(run)]] = aligned.pred(other), aligned.pred(run)

    def notes(faces: np.ndarray) -> list[str]:
        names = aligned.classes
        return [names[a] if a == b else f"{names[a]} → {names[b]}" for a, b in both[:, faces].T.tolist()]

    return notes
