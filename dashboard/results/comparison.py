"""Confusion matrices of the compared runs, their difference, or their agreement; a click chooses faces."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import controls, parameters
from dashboard.components.matrix import agreement_of, counted, matrix, subtracted
from dashboard.results import look
from dashboard.results.changed import picked
from dashboard.state import narrow, put, value
from dashboard.words import plain
from ferkit.evaluate.alignment import Aligned
from ferkit.evaluate.outcomes import agreement

__all__ = ["KINDS", "choose", "show"]

KINDS = {"runs": "each run", "difference": "difference", "agreement": "agreement"}


def show(aligned: Aligned, run: str, other: str) -> None:
    """The matrices of the kind, norm and order that the URL says."""
    kinds = controls.segments(parameters.MATRICES, "Matrices", KINDS, bare=True)
    controls.show(kinds, *look.choices(), key="look")
    counts = {name: aligned.matrix(name) for name in aligned.names}
    shown = _Shown(aligned, run, other, value(parameters.NORM), look.order(np.sum(list(counts.values()), axis=0)))
    {"runs": _runs, "difference": _difference, "agreement": _agreement}[value(parameters.MATRICES)](shown, counts)


@dataclass(frozen=True, eq=False)
class _Shown:
    """What every matrix of the page shares."""

    aligned: Aligned
    run: str
    other: str
    norm: str
    order: np.ndarray

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.aligned.classes[i] for i in self.order)

    def sorted(self, counts: np.ndarray) -> np.ndarray:
        return counts[np.ix_(self.order, self.order)]


def _runs(shown: _Shown, counts: dict[str, np.ndarray]) -> None:
    cells = {name: counted(shown.sorted(count), shown.norm) for name, count in counts.items()}
    top, pick = max(one.top for one in cells.values()), picked()
    names, place = list(cells), st.container(key="matrices")
    for pair in (names[:2], names[2:]):
        for name, column in zip(pair, place.columns(2, gap="small") if pair else (), strict=False):
            whose = pick.whose in ("", name)
            with column:
                st.markdown(f"**{plain(name)}**")
                matrix(
                    cells[name],
                    shown.classes,
                    key=f"matrix-{name}",
                    title=f"Confusion matrix of {name}",
                    top=top,
                    chosen=(pick.true, pick.pred)
                    if whose and not pick.also
                    else (pick.true if not pick.pred else "", ""),
                    on_click=_clicked(name, against="" if name in (shown.run, shown.other) else name),
                )
    look.legend(shown.norm)


def _difference(shown: _Shown, counts: dict[str, np.ndarray]) -> None:
    pick = picked()
    st.markdown(f"**{plain(shown.run)} − {plain(shown.other)}**")
    matrix(
        subtracted(shown.sorted(counts[shown.run]), shown.sorted(counts[shown.other]), shown.norm),
        shown.classes,
        key="matrix-difference",
        title=f"{shown.run} less {shown.other}",
        chosen=(pick.true, pick.pred) if not pick.whose else ("", ""),
        on_click=_clicked("", "disagree"),
    )
    unit = "In faces, and below them points" if shown.norm == "count" else "In points, and below them faces"
    better = f"Green where {plain(shown.run)} is better: more on the diagonal, or less off it"
    st.caption(f"{unit}. {better}. Click a cell to see the faces in it that only one of both predicts so.")


def _agreement(shown: _Shown, counts: dict[str, np.ndarray]) -> None:
    pick, aligned = picked(), shown.aligned
    run, other = shown.run, shown.other
    both = shown.sorted(agreement(aligned.pred(run), aligned.pred(other), len(aligned.classes)))

    def click(mine: str, theirs: str) -> None:
        whose, pred, also = (run, mine, theirs) if mine else (other, theirs, "")
        now = picked()
        again = (now.pred, now.whose, now.also) == (pred, whose, also)
        choose("", "" if again else pred, whose, also, "all")

    st.markdown(f"**What {plain(run)} predicts (rows) where {plain(other)} predicts the column**")
    mine, theirs = (pick.pred, pick.also) if pick.whose == run else (pick.also, pick.pred)
    matrix(
        both,
        shown.classes,
        shown.norm,
        key="matrix-agreement",
        title=f"Predictions of {run} against those of {other}",
        words=agreement_of(run, other),
        chosen=(mine, theirs) if pick.whose and not pick.true else ("", ""),
        on_click=click,
    )
    look.legend(shown.norm)


def _clicked(whose: str, side: str = "all", against: str = "") -> Callable[[str, str], None]:
    """What a click on a cell of the matrix of run `whose` ("" for that of the difference) does; a second one undoes.
    `against` is the run to compare with from then on."""

    def click(true: str, pred: str) -> None:
        if against:
            put(parameters.AGAINST, against)
        now = picked()
        who = whose if pred else ""
        if (now.true, now.pred, now.whose, now.also) == (true, pred, who, ""):
            choose("", "", "", "", "all")
        else:
            choose(true, pred, who, "", side)

    return click


def choose(true: str, pred: str, whose: str, also: str, side: str) -> None:
    """Show the faces of a cell: of class `true` that run `whose` predicts as `pred`, and the other one as `also`."""
    narrow(true=true, pred=pred, outcome="")
    put(parameters.WHOSE, whose if pred else "")
    put(parameters.ALSO, also if pred else "")
    put(parameters.CHANGED, side)
