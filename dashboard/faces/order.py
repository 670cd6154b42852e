"""How the faces of a gallery are arranged, kept in the URL, and their order: the same as the browser makes it."""

import numpy as np

from dashboard import parameters
from dashboard.components.gallery import Look
from dashboard.faces import columns
from dashboard.state import put, value
from dashboard.view import View

__all__ = ["keep", "look", "ordered"]


def look() -> Look:
    """The Look of this visitor's galleries."""
    return Look(
        value(parameters.SORT), value(parameters.ASCENDING), value(parameters.GROUP), value(parameters.TILE_SIZE)
    )


def keep(chosen: Look) -> None:
    """Keep a Look for all galleries; for callbacks."""
    put(parameters.SORT, chosen.sort)
    put(parameters.ASCENDING, chosen.up)
    put(parameters.GROUP, chosen.group)
    put(parameters.TILE_SIZE, chosen.size)


def ordered(view: View, rows: np.ndarray, look: Look) -> np.ndarray:
    """int (M,): these rows of the View as `dashboard/components/gallery/order.js` arranges them.

    Equal values stay in the order of the file, nan comes last; so does a column that this View lacks.
    """
    table = columns.columns(view)
    rows = np.sort(rows)
    if look.sort in table:
        values = table[look.sort][rows].astype(float)
        rows = rows[np.argsort(np.nan_to_num(values if look.up else -values, nan=np.inf), kind="stable")]
    elif not look.up:
        rows = rows[::-1]
    if not look.group:
        return rows
    code = table["label"] == table["pred"] if look.group == "outcome" else table[look.group]
    return rows[np.argsort(code[rows], kind="stable")]
