"""Bars for a single face."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit.colours import MUTED

__all__ = ["probabilities", "votes"]


def probabilities(
    values: np.ndarray, classes: tuple[str, ...], colours: Mapping[str, str], true: str = ""
) -> go.Figure:
    """One bar per class, the likeliest on top; the true class, where known, is marked."""
    order = np.argsort(values)
    names = [classes[i] for i in order]
    figure = go.Figure(
        go.Bar(
            x=values[order] * 100, y=[f"{name} ◂ label" if name == true else name for name in names], orientation="h",
            marker_color=[colours[name] for name in names], text=[f"{values[i]:.0%}" for i in order], textposition="outside",
            hovertemplate="%{y}: %{x:.1f}%<extra></extra>", cliponaxis=False,
        )
    )  # fmt: skip
    figure.update_xaxes(range=[0, 112], showgrid=False, showticklabels=False)
    return finish(figure, "Probability per class (%)", 62 + 24 * len(classes))


def votes(counts: Mapping[str, int], colours: Mapping[str, str]) -> go.Figure:
    """How many people chose what, the most chosen on top; what nobody chose is left out."""
    told = sorted((item for item in counts.items() if item[1]), key=lambda item: item[1])
    figure = go.Figure(
        go.Bar(
            x=[n for _, n in told], y=[name for name, _ in told], orientation="h", text=[str(n) for _, n in told], textposition="outside",
            marker_color=[colours.get(name, MUTED) for name, _ in told], hovertemplate="%{y}: %{x} people<extra></extra>", cliponaxis=False,
        )
    )  # fmt: skip
    figure.update_xaxes(range=[0, max(n for _, n in told) * 1.12], showgrid=False, showticklabels=False)
    return finish(figure, "How the crowd voted (people)", 62 + 24 * len(told))
