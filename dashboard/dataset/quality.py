"""Image quality: how many faces have each issue, and which."""

import numpy as np
import streamlit as st

from dashboard import parameters
from dashboard.charts import classes as charts
from dashboard.components.chart import chart
from dashboard.dataset import auditing
from dashboard.dataset.contents import Contents
from dashboard.dataset.deduplicated import counted
from dashboard.dataset.grid import grid, paged
from dashboard.dataset.tiles import tiles
from dashboard.state import put, value
from dashboard.words import percent, plain
from ferkit.audit.columns import ISSUES
from ferkit.data.faces import Faces

__all__ = ["show"]

# what the faces of an issue are sorted by, and whether the smallest come first
ORDER = {
    "dark": ("brightness", True),
    "bright": ("brightness", False),
    "low contrast": ("contrast", True),
    "blurred": ("sharpness", True),
    "odd": ("likeness", True),
    "not a face": ("likeness", True),
}


def show(dataset: Contents, faces: Faces) -> None:
    """Bars of the issues; a click on one shows its faces, the worst first."""
    if not auditing.offer(faces, "Image quality needs an audit of the dataset."):
        return
    table = auditing.stored(faces)
    assert table is not None
    keep = counted(dataset, faces)
    counts = {name: int(table[name].to_numpy()[keep].sum()) for name in ISSUES}
    found = [name for name in counts if counts[name]]
    if not found:
        st.info("No image is dark, bright, low in contrast, blurred, odd or not a face.", icon=":material/check:")
        return
    name = value(parameters.ISSUE, found)
    if name not in found:
        name = max(found, key=counts.__getitem__)
    left, right = st.columns([2, 3], gap="medium")
    with left.container(border=True):
        chart(charts.issues(counts, name), key="dataset-issues", on_click=lambda issue: put(parameters.ISSUE, issue))
    with right:
        rows = np.flatnonzero(table[name].to_numpy() & keep)
        column, up = ORDER[name]
        values = table[column].to_numpy()
        rows = rows[np.argsort(values[rows] if up else -values[rows], kind="stable")]
        st.markdown(f"**{len(rows):,} {'face' if len(rows) == 1 else 'faces'}: {name}** · {plain(ISSUES[name])}")
        st.caption(_most(faces, rows, keep))
        rows = rows[paged(len(rows))]
        grid(faces, rows, tiles(faces, rows), "dataset-issue-faces")


def _most(faces: Faces, rows: np.ndarray, keep: np.ndarray) -> str:
    """Which class has the largest share of them, among the faces that count, bool (N,)."""
    found, of = (
        np.bincount(labels, minlength=len(faces.classes)) for labels in (faces.labels[rows], faces.labels[keep])
    )
    share = found / np.maximum(of, 1)
    most = int(share.argmax())
    overall = percent(len(rows) / max(1, int(keep.sum())))
    return f"{overall} of all faces; most often {plain(faces.classes[most])}, {percent(share[most])}."
