"""All faces of a split as points on a plane."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit.colours import MUTED, RIGHT, WRONG

__all__ = ["COLOURINGS", "Points", "scatter"]

COLOURINGS = ("label", "prediction", "outcome", "confidence")
HEIGHT = 620  # pixels
Polygon = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Points:
    """N faces on a map."""

    places: np.ndarray  # float32 (N, 2)
    labels: np.ndarray  # int (N,)
    preds: np.ndarray  # int (N,)
    confidence: np.ndarray  # (N,), in [0, 1]
    kept: np.ndarray  # bool (N,): the others are dimmed


@dataclass(frozen=True)
class Group:
    """Points with the same style."""

    chosen: np.ndarray  # bool (N,)
    name: str  # in the legend
    hover: str  # template
    text: np.ndarray  # int (N,): the class each point's %{text} names
    marker: dict[str, Any]


def scatter(
    points: Points, classes: tuple[str, ...], colours: Mapping[str, str], by: str, title: str, lasso: Polygon = ()
) -> go.Figure:
    """A trace per class (two by outcome); points that are not kept are gray and faint below; `lasso` is drawn on top.

    Coordinates are sent as float32, and with each point one class name: the other half of "true → predicted".
    """
    figure = go.Figure()
    n = len(points.labels)
    size = 7 if n < 1500 else 5 if n < 12_000 else 3.5
    if not points.kept.all():
        dim = {"color": MUTED, "opacity": 0.16, "size": size}
        figure.add_trace(_trace(points, ~points.kept, name="other faces", marker=dim, hoverinfo="skip"))
    named: set[str] = set()
    for group in _groups(points, classes, colours, by):
        chosen = group.chosen & points.kept
        if chosen.any():
            marker = {
                key: value[chosen] if isinstance(value, np.ndarray) else value for key, value in group.marker.items()
            }
            text = np.array(classes, object)[group.text[chosen]]
            shown = {"name": group.name, "legendgroup": group.name, "showlegend": group.name not in named}
            figure.add_trace(
                _trace(
                    points,
                    chosen,
                    marker={"opacity": 0.78, "size": size} | marker,
                    text=text,
                    hovertemplate=group.hover,
                    **shown,
                )
            )
            named.add(group.name)
    _dress(figure, title, by)
    if lasso:
        path = "M" + "L".join(f"{x:.4g},{y:.4g}" for x, y in lasso) + "Z"
        figure.add_shape(
            type="path",
            path=path,
            line={"color": "#6366f1", "width": 2, "dash": "dot"},
            fillcolor="rgba(99,102,241,0.12)",
        )
    return figure


def _dress(figure: go.Figure, title: str, by: str) -> None:
    """Equal axes without ticks (positions on a map have no unit); dragging draws a lasso."""
    finish(figure, title, HEIGHT, legend=by != "confidence")
    figure.update_xaxes(showticklabels=False, showgrid=False, zeroline=False, fixedrange=False)
    figure.update_yaxes(showticklabels=False, showgrid=False, zeroline=False, fixedrange=False, scaleanchor="x")
    figure.update_layout(
        dragmode="lasso", hovermode="closest", newselection={"line": {"width": 2}}, legend={"itemsizing": "constant"}
    )
    if by == "confidence":
        bar = {"title": {"text": "confidence (%)", "side": "right"}, "thickness": 12, "len": 0.8}
        figure.update_layout(coloraxis={"colorscale": "Viridis", "cmin": 0, "cmax": 100, "colorbar": bar})


def _trace(points: Points, chosen: np.ndarray, **look: Any) -> go.Scattergl:
    places = points.places[chosen]
    return go.Scattergl(x=places[:, 0], y=places[:, 1], mode="markers", **look)


def _groups(points: Points, classes: tuple[str, ...], colours: Mapping[str, str], by: str) -> Iterator[Group]:
    right = points.labels == points.preds
    for i, name in enumerate(classes):
        labelled, hover = points.labels == i, f"true {name} → predicted %{{text}}<extra></extra>"
        if by == "prediction":
            backwards = f"true %{{text}} → predicted {name}<extra></extra>"
            yield Group(points.preds == i, name, backwards, points.labels, {"color": colours[name]})
        elif by == "outcome":
            yield Group(labelled & right, "right", hover, points.preds, {"color": RIGHT})
            yield Group(labelled & ~right, "wrong", hover, points.preds, {"color": WRONG})
        elif by == "confidence":
            percent = (100 * points.confidence).astype(np.float32)
            yield Group(labelled, name, hover, points.preds, {"color": percent, "coloraxis": "coloraxis"})
        else:
            yield Group(labelled, name, hover, points.preds, {"color": colours[name]})
