"""Tags: yes-or-no facts of faces, with how many have each and how many of these are classified correctly."""

import numpy as np
import streamlit as st

from dashboard import traits
from dashboard.components.table import Column, table
from dashboard.slices.shown import Shown
from dashboard.state import current, narrow
from dashboard.view import View
from dashboard.words import percent
from ferkit.audit.tags import TAGS

__all__ = ["counted", "show"]

COLUMNS = {
    "tag": Column("Tag"),
    "n": Column("Faces", lambda n: f"{n:,}"),
    "accuracy": Column("Accuracy", percent, "Share of these faces that are classified correctly"),
    "meaning": Column("Meaning"),
}


def show(view: View) -> Shown:
    """A table of all tags; a click on one filters by it, another click takes the filter away."""
    rows = counted(view)
    names = [str(row["tag"]) for row in rows]
    chosen = [i for i, name in enumerate(names) if name in view.selection.tags]
    table(rows, COLUMNS, title="Tags", key="slices-tags", chosen=chosen, on_click=lambda i: _toggle(names[i]))
    st.caption("Counts are of the faces that pass all other filters. A face has every tag that is chosen.")
    return Shown()


def counted(view: View) -> list[dict[str, object]]:
    """A row per tag that any face has or that is chosen: name, faces, accuracy (None without a face), meaning."""
    chosen = view.selection.tags
    rows = []
    for name, has in traits.tags(view).items():
        # together with the other chosen tags, as a click would leave it
        others = tuple(tag for tag in chosen if tag != name)
        here = view.rows(ignore=("tags",))
        for other in others:
            here = here[traits.tags(view).get(other, np.ones(len(has), bool))[here]]
        here = here[has[here]]
        if len(here) or name in chosen:
            rows.append(_row(name, view.frame["right"].to_numpy()[here]))
    return rows


def _row(name: str, right: np.ndarray) -> dict[str, object]:
    return {
        "tag": name,
        "n": len(right),
        "accuracy": float(right.mean()) if len(right) else None,
        "meaning": TAGS[name].meaning if name in TAGS else "",
    }


def _toggle(name: str) -> None:
    tags = current().tags
    narrow(tags=tuple(tag for tag in tags if tag != name) if name in tags else (*tags, name))
