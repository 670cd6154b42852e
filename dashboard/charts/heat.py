"""Where heat maps lie on the face."""

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import finish

__all__ = ["PARTS", "thirds"]

PARTS = {"upper": "#d98e04", "middle": "#c9405f", "lower": "#7f56c5"}  # brows and eyes, nose and cheeks, mouth and chin
LEGIBLE = 0.12  # share of the heat: a narrower segment has no room for its number


def thirds(shares: np.ndarray, classes: tuple[str, ...]) -> go.Figure:
    """Shares (C, 3) of each class's heat in the upper, middle and lower third of the face, stacked to 100%; the class
    with the most heat in the lower third at the bottom."""
    order = np.argsort(-shares[:, 2], kind="stable")
    names = [classes[i] for i in order]
    figure = go.Figure(
        [_segment(part, colour, 100 * shares[order, i], names) for i, (part, colour) in enumerate(PARTS.items())]
    )
    figure.update_layout(barmode="stack", bargap=0.25)
    legend = " · ".join(f"<span style='color:{colour}'>{part}</span>" for part, colour in PARTS.items())
    title = f"Heat: {legend} third"
    figure = finish(figure, title, 100 + 30 * len(classes), x="share of the heat (%)")
    figure.update_layout(margin_r=16)
    figure.update_xaxes(range=[0, 100], dtick=50, showgrid=False)
    return figure


def _segment(part: str, colour: str, values: np.ndarray, names: list[str]) -> go.Bar:
    return go.Bar(
        x=values,
        y=names,
        name=f"{part} third",
        orientation="h",
        marker_color=colour,
        text=[f"{value:.0f}%" if value >= 100 * LEGIBLE else "" for value in values],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        insidetextfont_color="#ffffff",
        constraintext="none",
        hovertemplate=f"%{{y}}, {part} third: %{{x:.1f}}%<extra></extra>",
    )
