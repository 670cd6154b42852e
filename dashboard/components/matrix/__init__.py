"""A matrix of classes whose cells are buttons: confusions, two runs' difference in confusions, or their agreement.

A table rather than a chart: its names and cells are reached by arrow keys and read aloud. Each cell holds a share and a
count; the menu in the corner saves it as PNG, SVG and CSV.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard.components.chart import MENU
from dashboard.components.events import event
from dashboard.components.matrix.cells import NORMS, Cells, counted, subtracted
from dashboard.components.source import joined

__all__ = ["CONFUSION", "NORMS", "Cells", "Words", "agreement_of", "counted", "matrix", "subtracted"]

_component = st.components.v2.component(
    "ferkit_matrix",
    html=f"<div class='frame'><div class='scroll'><table></table></div>{MENU}</div>\n",
    css=joined("chart/menu.css", "matrix/matrix.css"),
    js=joined(
        "saving.js", "leading.js", "chart/layout.js", "chart/download.js", "matrix/picture.js", "matrix/matrix.js"
    ),
)


@dataclass(frozen=True)
class Words:
    """What rows, columns and the diagonal mean."""

    row: str  # "true": what the names at the left are; "" where the page says it
    column: str
    all_row: str  # said of a row's name; {} is the class
    all_column: str
    cell: str  # said of a cell; {row} and {column} are its classes
    graded: bool = True  # whether the diagonal is right and all else wrong, in green and red


CONFUSION = Words("true", "predicted", "all truly {}", "all predicted {}", "{row} predicted as {column}")


def agreement_of(row: str, column: str) -> Words:
    """The words of a matrix of what run `row` predicts against what run `column` does."""
    one, other = (name.replace("{", "{{").replace("}", "}}") for name in (row, column))
    cell = f"{one} predicts {{row}}, {other} {{column}}"
    return Words("", "", f"{one} predicts {{}}", f"{other} predicts {{}}", cell, graded=False)


def matrix(
    counts: np.ndarray | Cells,
    classes: tuple[str, ...],
    norm: str = "row",
    *,
    key: str,
    title: str = "Confusion matrix",
    chosen: tuple[str, str] = ("", ""),
    top: float | None = None,
    words: Words = CONFUSION,
    on_click: Callable[[str, str], None] | None = None,
) -> None:
    """Show int (C, C) counts with their shares by one of `NORMS`, or Cells that are made already (`subtracted`), in the
    order of `classes`. `top` is the value at full colour, to share one scale; `title` names the saved files.

    `on_click(row, column)` is called before the page runs again: with a cell's classes, ("angry", "") for a row's name,
    ("", "angry") for a column's. A click on a class that is not in `classes` is ignored.
    """
    cells = counts if isinstance(counts, Cells) else counted(counts, norm)
    data = {
        "title": title,
        "classes": list(classes),
        "chosen": list(chosen),
        "row": words.row,
        "column": words.column,
        "graded": words.graded,
        "rows": [words.all_row.format(name) for name in classes],
        "columns": [words.all_column.format(name) for name in classes],
        **cells.as_data(classes, top, words.cell),
    }

    def clicked() -> None:
        if on_click and (cell := _cell(event(key, "cell"), classes)):
            on_click(*cell)

    _component(data=data, key=key, on_cell_change=clicked)


def _cell(value: object, classes: tuple[str, ...]) -> tuple[str, str] | None:
    """What the browser sent as (row, column), "" for a whole column or row; None for anything else."""
    choices = ("", *classes)
    if not isinstance(value, list | tuple) or len(value) != 2 or not all(name in choices for name in value):
        return None
    row, column = value
    return (row, column) if row or column else None
