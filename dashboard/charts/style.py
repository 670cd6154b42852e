"""What all charts share."""

from typing import Any

import plotly.graph_objects as go

__all__ = ["QUIET", "finish"]

QUIET: dict[str, Any] = {"displayModeBar": False}  # config of charts nobody zooms


def finish(figure: go.Figure, title: str, height: int, *, x: str = "", y: str = "", legend: bool = False) -> go.Figure:
    """Title, axis names, size and margins; colours of text and grid come from the app's theme, light or dark."""
    figure.update_layout(
        title={"text": title, "x": 0, "xanchor": "left", "font": {"size": 15}, "automargin": True, "yref": "container", "y": 0.97},
        height=height,
        margin={"l": 8, "r": 8, "t": 44 if title else 8, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "title": None},
        hoverlabel={"namelength": -1},
    )
    figure.update_xaxes(title={"text": x, "standoff": 6}, automargin=True, fixedrange=True)
    figure.update_yaxes(title={"text": y, "standoff": 6}, automargin=True, fixedrange=True)
    return figure
