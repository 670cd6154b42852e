"""Annotators' votes compared with the labels of a dataset; a class leads to the faces whose label they outvote."""

import numpy as np
import streamlit as st

from dashboard import load, parameters
from dashboard.charts import labels as charts
from dashboard.components.chart import chart
from dashboard.dataset.contents import Contents
from dashboard.dataset.deduplicated import counted
from dashboard.dataset.grid import grid, paged
from dashboard.dataset.tiles import tiles
from dashboard.state import put, value
from dashboard.words import percent, plain
from ferkit.audit import crowd as crowds
from ferkit.audit.crowd import Crowd
from ferkit.colours import of_classes
from ferkit.data import store
from ferkit.data.faces import Faces

__all__ = ["agreement", "show"]


def agreement(faces: Faces, keep: np.ndarray | None = None) -> tuple[float, dict[str, float]] | None:
    """Share of faces whose label no other choice outvotes, in [0, 1]: of all with votes, and per class; of those in
    `keep`, bool (N,), alone.

    None where there are no votes for any class.
    """
    crowd = crowds.of_faces(faces)
    if crowd is None:
        return None
    kept = np.ones(len(faces), bool) if keep is None else keep
    overall, shares = crowds.confirmed(crowd.select(kept), faces.labels[kept])
    return overall, {faces.classes[c]: share for c, share in shares.items()}


def show(dataset: Contents, faces: Faces) -> None:
    """Bars of the labels that votes confirm; a click on one shows the faces of the class that they do not."""
    key = load.key_of(store.path_of(dataset.name))
    keep = counted(dataset, faces)
    found = load.cached(("votes", key, bool(dataset.left_out)), lambda: agreement(faces, keep))
    crowd: Crowd | None = load.cached(("crowd", key), lambda: crowds.of_faces(faces))
    if found is None or crowd is None:
        st.info("None of the votes names a class of this dataset.", icon=":material/info:")
        return
    overall, shares = found
    least = min(shares, key=shares.__getitem__)
    st.markdown(
        f"**The votes confirm {percent(overall)} of the labels**; lowest for {plain(least)}: {percent(shares[least])}."
    )
    outvoted = crowd.disputes(faces.labels) & keep
    name = value(parameters.FACES_CLASS, shares) if value(parameters.FACES_CLASS) in shares else least
    counts = {one: int(outvoted[faces.labels == faces.classes.index(one)].sum()) for one in shares}
    left, right = st.columns([2, 3], gap="medium")
    with left.container(border=True):
        figure = charts.confirmed(shares, of_classes(faces.classes), counts, [name])
        chart(figure, key="dataset-votes", on_click=lambda one: put(parameters.FACES_CLASS, one))
    with right:
        _outvoted(faces, crowd, np.flatnonzero(outvoted & (faces.labels == faces.classes.index(name))), name)


def _outvoted(faces: Faces, crowd: Crowd, rows: np.ndarray, name: str) -> None:
    """The faces at `rows`, those with the fewest votes for their label first, each with what most people chose."""
    rows = rows[np.argsort(crowd.agreement(faces.labels)[rows], kind="stable")]
    st.markdown(f"**{len(rows):,} {'face' if len(rows) == 1 else 'faces'}** labelled {plain(name)} and outvoted")
    rows = rows[paged(len(rows))]
    if not len(rows):
        return
    assert faces.votes is not None
    most, total = faces.votes.argmax(1), crowd.total

    def note(row: int) -> str:
        return f"→ {faces.vote_names[most[row]]} {faces.votes[row, most[row]]}/{total[row]}"  # type: ignore[index]

    grid(faces, rows, tiles(faces, rows, note), "dataset-outvoted")
