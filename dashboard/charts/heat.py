"""Where heat maps lie."""

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import finish

__all__ = ["PARTS", "thirds"]

PARTS = {"upper": "#d98e04", "middle": "#c9405f", "lower": "#7f56c5"}  # brows and eyes, nose and cheeks, mouth and chin


def thirds(shares: np.ndarray, classes: tuple[str, ...]) -> go.Figure:
    """Shares (C, 3) of each class's heat in the upper, middle and lower third of the face, the lowest-looking class at
    the bottom."""
    order = np.argsort(-shares[:, 2], kind="stable")
    names = [classes[i] for i in order]
    bars = [
        go.Bar(
            x=shares[order, part] * 100, y=names, name=f"{name} third", orientation="h", marker_color=colour,
            text=[f"{share:.0%}" if share >= 0.12 else "" for share in shares[order, part]],
            textposition="inside", insidetextanchor="middle", textangle=0,
            insidetextfont_color="#ffffff", constraintext="none",
            hovertemplate=f"%{{y}}, {name} third: %{{x:.1f}}%<extra></extra>",
        )
        for part, (name, colour) in enumerate(PARTS.items())
    ]  # fmt: skip
    figure = go.Figure(bars)
    figure.update_layout(barmode="stack", bargap=0.25)
    words = " · ".join(f"<span style='color:{colour}'>{name}</span>" for name, colour in PARTS.items())
    figure = finish(figure, f"Heat in the {words} third", 100 + 30 * len(classes), x="share of the heat (%)")
    figure.update_layout(margin_r=16)
    figure.update_xaxes(range=[0, 100], dtick=50, showgrid=False)
    return figure
