"""A confusion matrix whose cells are buttons: rows are true classes, columns predicted ones; a click returns the cell.

A custom table, because plotly reports no click on a heat map, and because it reads well on a phone and by
keyboard.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from dashboard.components.events import event

__all__ = ["NORMS", "matrix", "shares"]

NORMS = {"row": "by true class", "column": "by prediction", "count": "counts"}
HERE = Path(__file__).parent
_component = st.components.v2.component(
    "ferkit_matrix",
    html="<div class='frame'><table></table></div>\n",
    css=(HERE / "matrix.css").read_text("utf-8"),
    js=(HERE / "matrix.js").read_text("utf-8"),
)


def matrix(
    counts: np.ndarray,
    classes: tuple[str, ...],
    norm: str,
    *,
    key: str,
    chosen: tuple[str, str] = ("", ""),
    top: float | None = None,
    on_click: Callable[[str, str], None] | None = None,
) -> tuple[str, str] | None:
    """Show int (C, C) counts, as shares by one of `NORMS`; `top` is the value at full colour (to share one scale).

    Returns (true, predicted) of the cell just clicked, once; ("angry", "") for a row's name, ("", "angry") for a
    column's; or None.

    `on_click(true, predicted)` is called before the page runs again, so that one run is enough to show what the click
    chose. A click on a class that is not in `classes` is ignored.
    """
    values = shares(counts, norm)
    data = {
        "classes": list(classes),
        "counts": counts.tolist(),
        "values": np.round(values, 4).tolist(),
        "top": float(top if top is not None else max(values.max(), 1e-9)),
        "norm": norm,
        "chosen": list(chosen),
    }

    def clicked() -> None:
        if on_click and (cell := _cell(event(key, "cell"), classes)):
            on_click(*cell)

    return _cell(_component(data=data, key=key, on_cell_change=clicked).cell, classes)


def _cell(value: object, classes: tuple[str, ...]) -> tuple[str, str] | None:
    """What the browser sent as (true, predicted), "" for a whole column or row; None for anything else."""
    choices = ("", *classes)
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(name in choices for name in value):
        return None
    true, pred = value
    return (true, pred) if true or pred else None


def shares(counts: np.ndarray, norm: str) -> np.ndarray:
    """Counts (C, C) as shares of their row or their column; as they are for "count"; 0 where there is nothing to
    share."""
    if norm == "count":
        return counts.astype(float)
    total = counts.sum(1 if norm == "row" else 0, keepdims=True)
    return np.divide(counts, total, out=np.zeros(counts.shape), where=total > 0)
