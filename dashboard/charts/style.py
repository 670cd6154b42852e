"""What the charts by plotly share."""

import plotly.graph_objects as go

__all__ = ["finish"]


def finish(figure: go.Figure, title: str, height: int, *, x: str = "", y: str = "", legend: bool = False) -> go.Figure:
    """Set title, axis titles, height in pixels and margins; the app's theme colours text and grid, light or dark.

    A legend goes under the title and takes as many rows as its names need, on a phone more than on a desktop: in
    container coordinates plotly makes room for each.
    """
    figure.update_layout(
        title={
            "text": title,
            "x": 0,
            "xanchor": "left",
            "font": {"size": 15},
            "automargin": True,
            "yref": "container",
            "y": 0.97,
        },
        height=height,
        margin={"l": 8, "r": 8, "t": 44 if title else 8, "b": 8},
        showlegend=legend,
        legend={
            "orientation": "h",
            "xref": "container",
            "x": 0.01,
            "yref": "container",
            "y": 1 - (36 if title else 4) / height,
            "yanchor": "top",
            "title": None,
        },
        hoverlabel={"namelength": -1},
    )
    figure.update_xaxes(title={"text": x, "standoff": 10}, automargin=True, fixedrange=True)
    figure.update_yaxes(title={"text": y, "standoff": 10}, automargin=True, fixedrange=True)
    return figure
