"""A chart of `dashboard.charts.spec`, drawn as SVG in the browser: light, sharp, legible by keyboard and on a phone.

    from dashboard.charts.spec import Axis, Bars, Chart
    from dashboard.components.chart import chart

    spec = Chart("Recall per class", Axis("recall", low=0, high=100, suffix="%"), Axis(kind="category"), [Bars(...)])
    chart(spec, key="recall", on_click=lambda name: narrow(true=name))

- Titles and legends wrap; a click on a name of the legend hides and shows its marks.
- `hover` of a mark is the tooltip of each item, lines apart by "\\n".
- An item with a `select` payload can be pressed by mouse, touch, Enter or Space: `on_click(payload)` is called before
  the page runs again. Put what is chosen into `Chart.chosen`, so that it is highlighted.
- A `Rules(..., draggable=True)` calls `on_drag(value)` once, when let go; meanwhile its label and its `Readout` follow
  in the browser. `on_drag` has to bring the value back as the rule's `at`.
- The menu in the corner saves the chart as PNG and SVG and its data as CSV.
"""

import json
from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.charts.encode import as_data, payloads
from dashboard.charts.spec import Chart
from dashboard.components.events import event
from dashboard.components.source import joined

__all__ = ["MENU", "chart"]

SCRIPTS = ("scales", "layout", "marks", "pointer", "download", "chart")
ICON = "<svg viewBox='0 0 24 24' aria-hidden='true'><path d='M12 4v11m0 0-4-4m4 4 4-4M5 19h14'/></svg>"
MENU = f"""<div class="menu">
<button type="button" aria-label="Download" title="Download" aria-expanded="false">{ICON}</button>
<div hidden><button type="button" data-as="png">PNG image</button><button type="button" data-as="svg">SVG image</button>
<button type="button" data-as="csv">CSV data</button></div></div>"""  # see menu.css and download.js
HTML = f"""<div class="chart"><svg role="group"></svg><p class="readout" aria-live="polite" hidden></p>
<div class="tip" role="status" hidden></div>
{MENU}</div>
"""
_component = st.components.v2.component(
    "ferkit_chart",
    html=HTML,
    css=joined("chart/chart.css", "chart/menu.css"),
    js=joined("saving.js", "leading.js", *(f"chart/{name}.js" for name in SCRIPTS)),
)


def chart(
    spec: Chart,
    *,
    key: str,
    on_click: Callable[[Any], None] | None = None,
    on_drag: Callable[[float], None] | None = None,
) -> None:
    """Draw it. What a browser sends and the chart does not hold is ignored."""

    def clicked() -> None:
        known = {_text(payload): payload for payload in payloads(spec)}
        if on_click and (text := _text(event(key, "mark"))) in known:
            on_click(known[text])

    def dragged() -> None:
        value = event(key, "drag")
        if on_drag and isinstance(value, int | float) and not isinstance(value, bool):
            on_drag(float(value))

    data = as_data(spec) | {"clickable": on_click is not None}
    _component(data=data, key=key, on_mark_change=clicked, on_drag_change=dragged)


def _text(payload: Any) -> str:
    return json.dumps(payload, sort_keys=True, default=str)
