"""Outliers: the faces that are least like the others, in a run's features, or by their pixels."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import load
from dashboard.dataset import auditing
from dashboard.dataset.contents import Contents
from dashboard.dataset.deduplicated import counted
from dashboard.dataset.grid import grid, paged
from dashboard.dataset.tiles import tiles
from dashboard.state import current
from dashboard.words import plain
from ferkit.audit.outliers import NEIGHBOURS, Outliers, outliers
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError
from ferkit.runs import Results

__all__ = ["show"]

MOST = 12_000  # faces whose features are compared while a person waits
SHOWN = 600  # of the most distant


def show(dataset: Contents, faces: Faces) -> None:
    """The most distant faces of the chosen split by the chosen run's features; without these, those that look least
    like the mean face."""
    keep = counted(dataset, faces)
    if not _by_features(faces, keep):
        _by_pixels(faces, keep)


def _by_features(faces: Faces, keep: np.ndarray) -> bool:
    now = current()
    run = load.all_runs().get(now.run)
    results = run.results(now.data) if run is not None else None
    if results is None or not results.has(now.split, "-features.npy"):
        return False
    try:
        places, found = _distances(results, now.split, faces)
    except FerkitError:
        return False  # Overview says what is wrong with the run
    if found is None:
        return False
    order = np.argsort(found.rank)
    order = order[keep[places[order]]]
    rows, far = places[order], int(found.far[order].sum())
    distance = dict(zip(places.tolist(), found.distance.tolist(), strict=True))
    st.markdown(
        f"**{far:,} of {len(rows):,} faces of {plain(now.split)}** are further from their {NEIGHBOURS} nearest faces "
        f"than 99% are (distance over {found.threshold:.2f}), in the features of **{plain(now.run)}**. "
        "The most distant come first, each with its distance."
    )
    rows = rows[: min(len(rows), SHOWN)]
    rows = rows[paged(len(rows))]
    grid(faces, rows, tiles(faces, rows, lambda row: f"{distance[row]:.2f}"), "dataset-outliers")
    return True


def _distances(results: Results, split: str, faces: Faces) -> tuple[np.ndarray, Outliers | None]:
    """Places of the split's faces in the dataset, and their distances; None where there are too few or too many."""
    path = results.path
    key = [load.key_of(path / f"{split}{end}") for end in (".parquet", "-features.npy")]

    def make() -> tuple[np.ndarray, Outliers | None]:
        places = pd.Index(faces.ids).get_indexer(load.predictions(results, split)["id"].to_numpy())
        here = places >= 0
        if not 2 <= here.sum() <= MOST:
            return places[here], None
        return places[here], outliers(load.features(results, split)[here], faces.labels[places[here]])

    found: tuple[np.ndarray, Outliers | None] = load.cached(("outliers", faces.fingerprint, *key), make)
    return found


def _by_pixels(faces: Faces, keep: np.ndarray) -> None:
    if not auditing.offer(faces, "Outliers need an audit of the dataset, or a run with features of this split."):
        return
    table = auditing.stored(faces)
    assert table is not None
    likeness = table["likeness"].to_numpy()
    rows = np.argsort(likeness, kind="stable")
    rows = rows[keep[rows]][:SHOWN]
    st.markdown("**Least like the mean face**, by the correlation of their pixels with it, which stands under each.")
    rows = rows[paged(len(rows))]
    grid(faces, rows, tiles(faces, rows, lambda row: f"{likeness[row]:.2f}"), "dataset-outliers")
