"""What a page shows: the Selection resolved to a run, its results, and the faces that it names."""

from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from dashboard import load, parameters, traits
from dashboard.scored import Scored, table
from dashboard.state import Selection, value
from dashboard.words import code, plain
from ferkit.runs import Run

__all__ = ["View", "as_released", "baseline_of", "bring_images", "dedup", "in_polygon", "not_scored", "of", "run_of"]
__all__ += ["with_copies"]


@dataclass(frozen=True)
class View(Scored):
    """What is `Scored`, narrowed by a Selection."""

    selection: Selection
    dedup: bool = False  # whether faces whose pixels are also in the training data are left out

    @property
    def counted(self) -> np.ndarray:
        """bool (N,): the rows that count at all: every one, or those that are not also in the training data."""
        return ~self.frame["leaked"].to_numpy() if self.dedup else np.ones(len(self.frame), bool)

    def rows(self, *, ignore: tuple[str, ...] = ()) -> np.ndarray:
        """int (M,): the rows that count and pass the Selection's filters (but those named in `ignore`), most confident
        first."""
        chosen, frame = self.selection.without(*ignore), self.frame
        keep = self.counted
        for name, column in (("true", "label"), ("pred", "pred")):
            if (value := getattr(chosen, name)) in self.classes:
                keep &= frame[column].to_numpy() == self.classes.index(value)
        if chosen.outcome:
            keep &= frame["right"].to_numpy() == (chosen.outcome == "right")
        confidence = frame["confidence"].to_numpy()
        if chosen.confidence:
            keep &= (confidence >= chosen.confidence[0]) & (confidence <= chosen.confidence[1])
        if chosen.find:
            keep &= frame["id"].str.contains(chosen.find, case=False, regex=False).to_numpy()
        keep &= _in_lasso(self, chosen)
        for name in chosen.tags:
            keep &= traits.tags(self).get(name, True)
        for name, low, high in chosen.slices:
            if name in (columns := traits.properties(self)):
                keep &= columns[name].between(low, high).to_numpy()
        sorted_rows = self.order.rows
        return sorted_rows[keep[sorted_rows]]


def _in_lasso(view: View, chosen: Selection) -> np.ndarray | bool:
    """bool (N,): the rows inside the lasso, which may lie on the baseline's map; True where none is drawn."""
    source = baseline_of(view) if chosen.on else view
    if not chosen.lasso or source is None or not source.results.has(source.split, "-map.parquet"):
        return True
    places = load.layout(source.results, source.split)
    names = [f"{chosen.layout}_x", f"{chosen.layout}_y"]
    if not set(names) <= set(places):
        return True
    inside = in_polygon(places[names].to_numpy(), np.array(chosen.lasso))
    if source is view:
        return inside
    return view.frame["id"].isin(source.frame["id"].to_numpy()[inside]).to_numpy()


def baseline_of(view: View) -> View | None:
    """The View of the Selection's baseline on the same split; None where there is none, or it was not scored there."""
    run = load.all_runs().get(view.selection.base)
    results = run.results(view.selection.data) if run is not None else None
    if run is None or results is None or view.split not in results.scores:
        return None
    with load.show_errors():
        return replace(view, run=run, results=results, frame=table(results, view.split))


def dedup() -> bool:
    """Whether faces whose exact pixels are also in the training data are left out, on every page; see the sidebar."""
    return value(parameters.DEDUPLICATED)


def as_released(what: str) -> None:
    """Where copies of training faces are left out, say that `what` was measured with them and cannot be taken apart."""
    if dedup():
        st.caption(f"{what} were measured on all faces, exact copies of training faces included.")


def with_copies(what: str, n: int) -> str:
    """A sentence after another, in Markdown: that `what`, plural, includes n copies of training faces although the
    visitor wants them left out; "" where there is none, or where all faces are wanted."""
    if not n or not dedup():
        return ""
    copies = "one exact copy of a training face" if n == 1 else f"{n:,} exact copies of training faces"
    return f" {what} include {copies}, which *De-duplicated* does not leave out here."


def run_of(selection: Selection) -> Run:
    """The Selection's run; a page that needs one ends with the next step to take where there is none."""
    run = load.all_runs().get(selection.run)
    if run is None:
        st.info(
            "No run to show yet. Train one: `python -m ferkit train --recipe base-cnn --data NAME`",
            icon=":material/info:",
        )
        st.stop()
    return run


def not_scored(run: Run, selection: Selection) -> None:
    """Say that the run has no scores on the Selection's split, and how to get them."""
    data, split = selection.data, selection.split or "val"
    command = f"python -m ferkit evaluate {run.name} --data '{data}' --split {split}"
    st.info(
        f"**{plain(run.name)}** has not been scored on {plain(split)} of **{plain(data)}** yet. Press *Score this run* "
        f"on the Dataset page, or run {code(command)}.",
        icon=":material/info:",
    )


def bring_images(dataset: str) -> None:
    """How to import the faces of a dataset that is not on this machine."""
    command = f"python -m ferkit data import ARCHIVE.zip --name {dataset}"
    st.info(
        f"The faces of **{plain(dataset)}** are not on this machine; what is stored with the run is shown without "
        f"them. Import them on the Dataset page, or by {code(command)}. **{load.DEMO}** in the sidebar shows every "
        "gallery at work.",
        icon=":material/image_not_supported:",
    )


def of(selection: Selection) -> View:
    """The View of a Selection; a page that needs results calls this, and ends with the next step to take where there
    are none."""
    run = run_of(selection)
    results = run.results(selection.data)
    if selection.split not in results.scores:
        not_scored(run, selection)
        st.stop()
    with load.show_errors():
        return View(run, results, selection.split, table(results, selection.split), selection, dedup())


def in_polygon(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """bool (N,): which of the points (N, 2) lie in the polygon (V, 2), by the parity of the edges a ray to the right
    crosses."""
    x, y = points[:, 0], points[:, 1]
    odd = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y1 != y2:
            odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd
