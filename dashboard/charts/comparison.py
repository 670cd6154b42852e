"""Runs against each other: scores per class, differences with their intervals, and the trade-off for rare classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit import metrics
from ferkit.colours import BROKEN, FIXED, MUTED

__all__ = ["Difference", "differences", "per_class", "trade_off"]


@dataclass(frozen=True)
class Difference:
    """How much better the run is by one metric; shares, so that 0.01 is one point."""

    metric: str
    value: float
    interval: tuple[float, float]  # 95%
    significant: bool


def per_class(
    values: Mapping[str, np.ndarray],
    intervals: Mapping[str, np.ndarray],
    classes: Sequence[str],
    colours: Mapping[str, str],
    metric: str,
) -> go.Figure:
    """A bar per class and run with its 95% interval: `values` (C,) and `intervals` (2, C) as shares; the best class of
    the first run on top."""
    order = np.argsort(next(iter(values.values())), kind="stable")
    names = [classes[i] for i in order]
    figure = go.Figure()
    for run in reversed(list(values)):  # plotly draws upwards: the first run's bar is the upper one
        value, (low, high) = 100 * values[run][order], 100 * intervals[run][:, order]
        figure.add_trace(
            go.Bar(
                x=value,
                y=names,
                orientation="h",
                name=run,
                marker={"color": colours[run], "opacity": 0.62},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": np.maximum(high - value, 0),
                    "arrayminus": np.maximum(value - low, 0),
                    "thickness": 2,
                    "width": 4,
                    "color": colours[run],
                },
                customdata=np.stack([low, high], 1),
                hovertemplate=run + " · %{y}: %{x:.1f}% [%{customdata[0]:.1f}, %{customdata[1]:.1f}]<extra></extra>",
            )
        )
    figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.06, legend={"traceorder": "reversed"})
    figure.update_xaxes(range=[0, 100], ticksuffix="%")
    height = 120 + len(names) * (14 + 15 * len(values))
    title = f"{metric[0].upper()}{metric[1:]} per class"
    return finish(figure, title, height, x=f"{metric}, 95% interval", legend=True)


def differences(rows: Sequence[Difference]) -> go.Figure:
    """Each difference as a point with its interval around the zero line; green or red where it is significant, gray
    for a tie."""
    figure = go.Figure()
    for row in rows:
        value, low, high = (100 * number for number in (row.value, *row.interval))
        colour = MUTED if not row.significant else FIXED if value > 0 else BROKEN
        figure.add_trace(
            go.Scatter(
                x=[value],
                y=[row.metric],
                mode="markers",
                marker={"size": 12, "color": colour},
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [high - value],
                    "arrayminus": [value - low],
                    "thickness": 2,
                    "width": 6,
                },
                hovertemplate=f"{row.metric}: %{{x:+.1f}} points [{low:+.1f}, {high:+.1f}]<extra></extra>",
            )
        )
    figure.add_vline(0, line_width=1.5, line_dash="dot", line_color=MUTED)
    ends = [0.0, *(100 * end for row in rows for end in row.interval)]
    margin = max(0.12 * (max(ends) - min(ends)), 0.2)
    figure.update_xaxes(range=[min(ends) - margin, max(ends) + margin])
    figure.update_yaxes(autorange="reversed")
    return finish(figure, "Difference with its 95% interval", 110 + 38 * len(rows), x="points in favour of the run")


def trade_off(
    matrices: Mapping[str, np.ndarray], taus: Sequence[float], chosen: int, colours: Mapping[str, str]
) -> go.Figure:
    """A curve per run from its confusion matrices (T, C, C), one per strength of logit adjustment in `taus`; the
    setting at index `chosen` as a large point."""
    figure = go.Figure()
    sizes = [15 if i == chosen else 4 for i in range(len(taus))]
    for run, counts in matrices.items():
        figure.add_trace(
            go.Scatter(
                x=100 * metrics.accuracy(counts),
                y=100 * metrics.balanced_accuracy(counts),
                name=run,
                mode="lines+markers",
                line={"color": colours[run], "width": 2},
                customdata=list(taus),
                marker={"color": colours[run], "size": sizes, "line": {"width": 0}, "opacity": 1},
                hovertemplate=run
                + " at τ = %{customdata}: %{x:.1f}% accuracy, %{y:.1f}% balanced accuracy<extra></extra>",
            )
        )
    figure.update_xaxes(ticksuffix="%")
    figure.update_yaxes(ticksuffix="%")
    title = "Accuracy against balanced accuracy"
    return finish(figure, title, 340, x="accuracy", y="balanced accuracy (mean recall)", legend=True)
