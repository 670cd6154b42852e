"""One face of a dataset in detail, in the panel at the right edge of the window that a run's faces have too."""

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.charts import face as bars
from dashboard.components.chart import chart
from dashboard.components.table import Column, table
from dashboard.components.tiles import tile_grid
from dashboard.dataset import auditing
from dashboard.dataset.tiles import tiles
from dashboard.state import narrow
from dashboard.thumbnail import enlarge
from dashboard.words import plain
from ferkit.audit.columns import GROUP, ISSUES, MEANINGS
from ferkit.colours import of_classes
from ferkit.data.faces import Faces
from ferkit.errors import FerkitError

__all__ = ["show"]


def show(faces: Faces, row: int, order: np.ndarray) -> None:
    """Draw the panel of the face in row `row`; `order` (M,) are the rows of the tiles it was opened from."""
    audit = _audit(faces)
    with st.container(key="detail"):
        _steps(faces, row, order)
        st.markdown(f"#### {plain(faces.classes[faces.labels[row]])}")
        issues = [] if audit is None else [name for name in ISSUES if audit[name].iat[row]]
        badges = "".join(f" :orange-badge[{plain(name)}]" for name in issues)
        st.markdown(f":gray-badge[{plain(str(faces.splits[row]))}]{badges}")
        st.image(enlarge(faces.images[row]), width=240)
        _same_picture(faces, row, audit)
        if faces.votes is not None and faces.votes[row].any():
            counts = dict(zip(faces.vote_names, faces.votes[row].tolist(), strict=True))
            chart(bars.votes(counts, of_classes(faces.vote_names)), key="dataset-votes")
        if audit is not None:
            _measured(audit, row)
        st.caption(plain(str(faces.ids[row])))


def _audit(faces: Faces) -> pd.DataFrame | None:
    try:
        return auditing.stored(faces)
    except FerkitError:
        return None  # the page says so


def _steps(faces: Faces, row: int, order: np.ndarray) -> None:
    found = np.flatnonzero(order == row)
    at = int(found[0]) if len(found) else None
    before = None if at is None or at == 0 else int(order[at - 1])
    after = None if at is None or at + 1 == len(order) else int(order[at + 1])
    with st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False, key="detail-steps"):
        for help, icon, shortcut, to in (
            ("Previous face", "chevron_left", "Left", before),
            ("Next face", "chevron_right", "Right", after),
        ):
            st.button(
                "", icon=f":material/{icon}:", key=f"detail-{shortcut.lower()}", help=help, shortcut=shortcut,
                disabled=to is None, on_click=_open, args=(faces, to),
            )  # fmt: skip
        st.caption("" if at is None else f"{at + 1:,} of {len(order):,}")
        st.space("stretch")
        st.button(
            "Close", icon=":material/close:", type="tertiary", key="detail-close", shortcut="Esc",
            on_click=_open, args=(faces, None),
        )  # fmt: skip


def _open(faces: Faces, row: int | None) -> None:
    narrow(face="" if row is None else str(faces.ids[row]))


def _same_picture(faces: Faces, row: int, audit: pd.DataFrame | None) -> None:
    """The other faces that are the same picture, to be opened."""
    same = faces.groups == faces.groups[row]
    if audit is not None:
        member = audit[GROUP].to_numpy()
        same |= (member == member[row]) & (member[row] >= 0)
    others = np.flatnonzero(same)
    others = others[others != row][:24]
    if not len(others):
        return
    st.caption("The same picture" if audit is None else "The same picture, or nearly")
    tile_grid(
        faces.images[others], tiles(faces, others), key="dataset-same", size=64,
        on_click=lambda other: _open(faces, other),
    )  # fmt: skip


def _measured(audit: pd.DataFrame, row: int) -> None:
    """Every property, and which share of the faces has less of it."""
    rows = []
    for name, meaning in MEANINGS.items():
        values = audit[name].to_numpy()
        rows.append({"name": name, "value": float(values[row]), "rank": float((values < values[row]).mean()),
                     "meaning": meaning})  # fmt: skip
    columns = {
        "name": Column("Property"),
        "value": Column("Value", lambda v: f"{v:.3g}".replace("-", "−")),
        "rank": Column("More than", lambda r: f"{r:.0%}", "Share of the faces with a smaller value"),
    }
    with st.expander("Image properties"):
        table(rows, columns, title="Image properties", key="dataset-properties")
