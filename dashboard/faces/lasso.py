"""A lasso or a box on a map as a polygon of the Selection: short enough for an address, and the same after it came
back."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from dashboard.components.events import selected

__all__ = ["CORNERS", "Chart", "chart", "polygon"]

CORNERS = 60  # of a polygon, at most
Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Chart:
    """How a map is to be drawn so that exactly the Selection's lasso is seen on it."""

    figure: Hashable  # what else is drawn
    turn: int  # another one is another chart to the browser, without what was drawn by hand on the last
    outline: Polygon  # to draw into the figure: a lasso that plotly itself does not show

    @property
    def key(self) -> str:
        return f"map-{self.turn}"


def chart(figure: Hashable, lasso: Polygon) -> Chart:
    """The Chart for a figure and the Selection's lasso, after what this visitor saw and drew last.

    Plotly forgets a lasso when its figure changes. So one that was just drawn leaves the figure alone, and one that
    came with an address, or from before the figure changed, is drawn into the figure.
    """
    last: Chart | None = st.session_state.get("map-chart")
    drawn = polygon(selected(last.key)) if last and last.figure == figure else ()
    turn = last.turn if last else 0
    if not drawn:
        made = Chart(figure, turn, lasso)
    elif drawn == lasso and last and not last.outline:
        made = last
    else:
        made = Chart(figure, turn + 1, lasso)
    st.session_state["map-chart"] = made
    return made


def polygon(selection: Mapping[str, Any]) -> Polygon:
    """A plotly selection -> the corners of the last lasso or box drawn; () where there is none.

    Corners are rounded as the address rounds them, so that the address holds exactly the same faces.
    """
    if drawn := selection.get("lasso"):
        x, y = drawn[-1]["x"], drawn[-1]["y"]
    elif drawn := selection.get("box"):
        (left, right), (low, high) = drawn[-1]["x"], drawn[-1]["y"]
        x, y = [left, right, right, left], [low, low, high, high]
    else:
        return ()
    keep = np.unique(np.linspace(0, len(x) - 1, min(len(x), CORNERS)).round().astype(int))
    return tuple((_rounded(x[i]), _rounded(y[i])) for i in keep) if len(keep) >= 3 else ()


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
