"""A table as plain HTML: sorted by its heads, saved as CSV, read on a phone; a row can be pressed.

    table(
        rows,  # a data frame, or a sequence of mappings
        {"run": Column("Run"), "accuracy": Column("Accuracy", percent, help="Share of faces classified correctly")},
        title="All runs",
        key="runs",
        marks={(0, "accuracy"): "best"},
        on_click=lambda i: narrow(run=names[i]),
    )

Every column sorts by its value, not by the text shown; the CSV file holds the values. The first column stays in view
when the table is scrolled sideways. Texts are shown as they are: nothing in them is Markdown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.components.events import event
from dashboard.components.source import joined
from ferkit.text import printable

__all__ = ["Column", "Mark", "table"]

Mark = Literal["best", "differs", "better", "worse"]
ICON = "<svg viewBox='0 0 24 24' aria-hidden='true'><path d='M12 4v11m0 0-4-4m4 4 4-4M5 19h14'/></svg>"
HTML = f"""<div class="frame"><div class="scroll"><table><thead></thead><tbody></tbody></table></div>
<div class="foot"><button type="button" class="more" hidden></button>
<button type="button" class="save" aria-label="Download CSV">{ICON} CSV</button></div></div>
"""
_component = st.components.v2.component(
    "ferkit_table", html=HTML, css=joined("table/table.css"), js=joined("saving.js", "leading.js", "table/table.js")
)


@dataclass(frozen=True)
class Column:
    """How a column is headed and its values are written."""

    label: str
    text: Callable[[Any], str] = str
    help: str = ""


def table(
    rows: pd.DataFrame | Sequence[Mapping[str, Any]],
    columns: Mapping[str, Column],
    *,
    title: str,
    key: str,
    chosen: Collection[int] = (),
    marks: Mapping[tuple[int, str], Mark] | None = None,
    height: int | None = None,
    on_click: Callable[[int], None] | None = None,
) -> None:
    """Show the `columns` of the rows; `chosen` rows are highlighted, `marks` tint a cell (row number, column).

    `height` in pixels makes it scroll. `on_click(i)` is called with the number of the pressed row before the page runs
    again; a row that is no longer there is ignored.
    """
    held: list[Any] = rows.to_dict("records") if isinstance(rows, pd.DataFrame) else list(rows)
    data = {
        "title": title,
        "columns": [_head(column, [row.get(name) for row in held]) for name, column in columns.items()],
        "rows": [
            [_cell(row.get(name), column, (marks or {}).get((i, name))) for name, column in columns.items()]
            for i, row in enumerate(held)
        ],
        "chosen": sorted(chosen),
        "height": height,
        "clickable": on_click is not None,
    }

    def clicked() -> None:
        i = event(key, "row")
        if on_click and isinstance(i, int) and 0 <= i < len(held):
            on_click(i)

    _component(data=data, key=key, on_row_change=clicked)


def _head(column: Column, values: Sequence[Any]) -> dict[str, Any]:
    number = any(_number(value) is not None for value in values)
    return {"label": "\n".join(map(printable, column.label.split("\n"))), "help": column.help, "number": number}


def _cell(value: Any, column: Column, mark: str | None) -> list[Any]:
    """[text] or [text, number] or [text, number, mark]; the text of what is missing is "–"."""
    missing = value is None or (isinstance(value, float) and np.isnan(value))
    cell: list[Any] = ["–" if missing else printable(column.text(value)), None if missing else _number(value), mark]
    while cell[-1] is None:
        cell.pop()
    return cell


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        return None
    return value.item() if isinstance(value, np.generic) else value
