"""What a page shows: the Selection resolved to a run, its results, one row per face, and the images where they are
here."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import load, parameters, traits
from dashboard.state import Selection, value
from dashboard.words import code, plain
from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError
from ferkit.runs import LOGIT, Results, Run

__all__ = ["View", "baseline_of", "bring_images", "dedup", "in_polygon", "not_scored", "of", "run_of", "table"]


@dataclass(frozen=True)
class View:
    """One run on one split of one dataset."""

    selection: Selection
    run: Run
    results: Results
    split: str
    frame: pd.DataFrame  # see `table`; a row per face, as in the run folder
    dedup: bool = False  # whether faces whose pixels are also in the training data are left out

    @property
    def classes(self) -> tuple[str, ...]:
        return self.run.classes

    @property
    def logits(self) -> np.ndarray:
        """float32 (N, C)."""
        return load.predictions(self.results, self.split)[[LOGIT + c for c in self.classes]].to_numpy(np.float32)

    @property
    def probabilities(self) -> np.ndarray:
        """float64 (N, C), calibrated."""
        return metrics.softmax(self.logits, self.run.temperature)

    def probabilities_of(self, row: int) -> np.ndarray:
        """float64 (C,), those of one face."""
        return metrics.softmax(self.logits[[row]], self.run.temperature)[0]

    @cached_property
    def images(self) -> "Images":
        """Images of these rows, where the dataset is here."""
        faces = load.faces(self.selection.data)
        if faces is None:
            return Images(None, np.full(len(self.frame), -1))
        key = ("places", load.key_of(self.results.path / f"{self.split}.parquet"), faces.name, faces.fingerprint)
        # int (N,): the index of each id in the dataset, -1 where the dataset lacks it
        return Images(faces, load.cached(key, lambda: pd.Index(faces.ids).get_indexer(self.frame["id"].to_numpy())))

    @property
    def counted(self) -> np.ndarray:
        """bool (N,): the rows that count at all: every one, or those that are not also in the training data."""
        return ~self.frame["leaked"].to_numpy() if self.dedup else np.ones(len(self.frame), bool)

    def confusion(self, rows: np.ndarray) -> np.ndarray:
        """Count the faces at `rows` (M,): int (C, C), rows true, columns predicted."""
        n = len(self.classes)
        return np.bincount(self._order.cells[rows], minlength=n * n).reshape(n, n)

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
        order = self._order.rows
        return order[keep[order]]

    @property
    def _order(self) -> "Order":
        key = ("order", load.key_of(self.results.path / f"{self.split}.parquet"), self.results.temperature)
        order: Order = load.cached(key, lambda: _ordered(self.frame, len(self.classes)))
        return order


@dataclass(frozen=True, eq=False)
class Order:
    """All rows of a View in the order in which `View.rows` gives them, sorted once: a click on a million faces takes
    those it wants out of it."""

    rows: np.ndarray  # int (N,), most confident first, equal ones as in the file
    cells: np.ndarray  # int (N,), of each row its cell of the confusion matrix: label * C + pred


def _ordered(frame: pd.DataFrame, classes: int) -> Order:
    labels, preds = (frame[name].to_numpy(np.int32) for name in ("label", "pred"))
    return Order(np.argsort(-frame["confidence"].to_numpy(), kind="stable"), labels * classes + preds)


@dataclass(frozen=True)
class Images:
    """The dataset's images joined by id to the rows of a View."""

    faces: Faces | None
    places: np.ndarray  # int (N,), index into faces, -1 where there is none

    @property
    def here(self) -> bool:
        """Whether there is an image for any row."""
        return bool((self.places >= 0).any())

    def of_rows(self, rows: np.ndarray) -> np.ndarray | None:
        """uint8 (M, H, W[, 3]), or None where one is missing."""
        if self.faces is None or (self.places[rows] < 0).any():
            return None
        return self.faces.images[self.places[rows]]

    def votes(self, row: int) -> dict[str, int]:
        """The votes on that face; empty where there are none."""
        if self.faces is None or self.faces.votes is None or self.places[row] < 0:
            return {}
        votes = self.faces.votes[self.places[row]]
        return dict(zip(self.faces.vote_names, votes.tolist(), strict=True)) if votes.any() else {}


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
        return View(selection, run, results, selection.split, table(results, selection.split), dedup())


def table(results: Results, split: str) -> pd.DataFrame:
    """Of each face of a split: id, label, pred, second (the next best class), confidence, margin (to the second, in
    [0, 1]), loss (-log p of the label, in nats), right, leaked (its pixels are in the training data).

    Raises RunError where the folder is incomplete.
    """
    key = ("table", load.key_of(results.path / f"{split}.parquet"), results.temperature)
    frame: pd.DataFrame = load.cached(key, lambda: _table(results, split))
    return frame


def _table(results: Results, split: str) -> pd.DataFrame:
    stored = load.predictions(results, split)
    logits = stored[[LOGIT + c for c in results.classes]].to_numpy(np.float32)
    probabilities = metrics.softmax(logits, results.temperature)
    frame = stored[["id", "label", "leaked"]].copy()
    if len(frame) and not 0 <= frame["label"].min() <= frame["label"].max() < len(results.classes):
        raise FerkitError(
            f"{results.path.name}/{split}.parquet has labels that its run does not have. Evaluate the run again."
        )
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :2]
    best = np.take_along_axis(probabilities, order, 1)
    frame["pred"], frame["second"] = order[:, 0], order[:, -1]
    frame["confidence"], frame["margin"] = best[:, 0], best[:, 0] - best[:, -1]
    frame["loss"] = -np.log(np.clip(probabilities[np.arange(len(frame)), frame["label"]], 1e-12, 1))
    frame["right"] = frame["pred"] == frame["label"]
    return frame


def in_polygon(points: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """bool (N,): which of the points (N, 2) lie in the polygon (V, 2), by the parity of the edges a ray to the right
    crosses."""
    x, y = points[:, 0], points[:, 1]
    odd = np.zeros(len(points), bool)
    for (x1, y1), (x2, y2) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        if y1 != y2:
            odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd
