"""Bar charts about a single face."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit.colours import MUTED

__all__ = ["probabilities", "votes"]


def probabilities(
    values: np.ndarray, classes: tuple[str, ...], colours: Mapping[str, str], true: str = ""
) -> go.Figure:
    """A bar per class for probabilities (C,) in [0, 1], the likeliest on top; the true class, where known, is
    marked."""
    order = np.argsort(values)
    names = [classes[i] for i in order]
    figure = _bars(
        100 * values[order],
        [f"{name} ◂ label" if name == true else name for name in names],
        [f"{values[i]:.0%}" for i in order],
        [colours[name] for name in names],
        "%{y}: %{x:.1f}%",
        112,
    )
    return finish(figure, "Probability per class", 62 + 24 * len(classes))


def votes(counts: Mapping[str, int], colours: Mapping[str, str]) -> go.Figure:
    """How many annotators chose each class, the most frequent on top; classes without a vote are left out."""
    ranked = sorted((item for item in counts.items() if item[1]), key=lambda item: item[1])
    names, values = [name for name, _ in ranked], [n for _, n in ranked]
    figure = _bars(
        values,
        names,
        [str(n) for n in values],
        [colours.get(name, MUTED) for name in names],
        "%{y}: %{x} annotators",
        max(values) * 1.12,
    )
    return finish(figure, "Annotators' votes", 62 + 24 * len(ranked))


def _bars(
    values: np.ndarray | list[int], names: list[str], text: list[str], colours: list[str], hover: str, end: float
) -> go.Figure:
    """Horizontal bars with their value next to them, on an axis from 0 to `end` that needs no ticks."""
    figure = go.Figure(
        go.Bar(
            x=values,
            y=names,
            orientation="h",
            marker_color=colours,
            text=text,
            textposition="outside",
            hovertemplate=f"{hover}<extra></extra>",
            cliponaxis=False,
        )
    )
    figure.update_xaxes(range=[0, end], showgrid=False, showticklabels=False)
    return figure
