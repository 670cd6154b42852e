"""How many faces each class has, and how often its annotators confirm the label."""

from collections.abc import Mapping

import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit.colours import MUTED

__all__ = ["UNITS", "agreement", "distribution"]

UNITS = {"faces": "faces", "faces, log scale": "faces (log scale)", "share of the split": "% of the split"}
SHADES = {"train": "#4f46e5", "val": "#14a3a8", "test": "#e8a317"}


def distribution(counts: Mapping[str, Mapping[str, int]], unit: str) -> go.Figure:
    """`{"train": {"angry": 3970, ...}, ...}` as bars, a group per class, the largest class on top; `unit` is one of
    UNITS."""
    share, log = unit == "share of the split", unit == "faces, log scale"
    first = next(iter(counts.values()))
    names = sorted(first, key=first.__getitem__)  # plotly draws upwards
    figure = go.Figure()
    for split, faces in reversed(list(counts.items())):
        total = max(1, sum(faces.values()))
        values = [100 * faces[name] / total if share else faces[name] for name in names]
        figure.add_bar(
            name=split,
            y=names,
            x=values,
            orientation="h",
            marker_color=SHADES.get(split, MUTED),
            text=[f"{value:.1f}" if share else f"{value:,}" for value in values],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{text} " + ("% of " if share else "faces of ") + split + "<extra></extra>",
        )
    height = 110 + len(names) * (14 + 15 * len(counts))
    finish(figure, "Class distribution per split", height, x=UNITS[unit], legend=True)
    figure.update_layout(legend_traceorder="reversed", bargap=0.28, uniformtext={"minsize": 9, "mode": "show"})
    most = max((value for trace in figure.data for value in trace.x), default=1)
    figure.update_xaxes(showticklabels=not log, **({"type": "log"} if log else {"range": [0, most * 1.16]}))
    return figure


def agreement(shares: Mapping[str, float], colours: Mapping[str, str]) -> go.Figure:
    """Share in [0, 1] of each class's faces whose label the majority of the annotators confirms; the lowest below."""
    names = sorted(shares, key=shares.__getitem__)
    figure = go.Figure(
        go.Bar(
            x=[100 * shares[name] for name in names],
            y=names,
            orientation="h",
            marker_color=[colours[name] for name in names],
            text=[f"{shares[name]:.0%}" for name in names],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: the majority confirms %{x:.1f}% of the labels<extra></extra>",
        )
    )
    figure.update_xaxes(range=[0, 112])
    title = "Labels confirmed by the majority of annotators"
    return finish(figure, title, 110 + 28 * len(names), x="% of the class's faces")
