"""Runs against each other: accuracy by size, scores per class, differences with their intervals."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit import metrics
from ferkit.colours import BROKEN, FIXED, MUTED
from ferkit.published import PEOPLE, Published

__all__ = ["MANY", "Difference", "accuracy_by_size", "differences", "per_class", "trade"]

MANY = 8  # runs, beyond which a legend would be longer than the chart
WIDE, HIGH = 900, 290  # pixels between that chart's axes, about
SIDES = ("top left", "bottom left", "top right", "bottom right")
Difference = tuple[str, float, tuple[float, float], bool]  # what, value and 95% interval as shares, whether it is sure


def accuracy_by_size(
    table: pd.DataFrame,
    colours: Mapping[str, str],
    chosen: str,
    others: Sequence[Published] = (),
    *,
    people: bool = False,
) -> go.Figure:
    """One point with its 95% interval per run of a leaderboard, beside it a dash for each of its seeds; hollow gray
    ones for `others`, a band for people. Of more than `MANY` runs those are named where they stand that no smaller one
    beats; the others fade.
    """
    figure = go.Figure()
    table = table[table["parameters"].notna()]
    named = set(table["run"]) if len(table) <= MANY else {chosen, *_unbeaten(table)}
    if people:
        low, high = (100 * end for end in PEOPLE)
        told = {
            "text": f"people: {(low + high) / 2:.0f} ± {(high - low) / 2:.0f}%",
            "font": {"color": MUTED, "size": 12},
        }
        band = {"fillcolor": MUTED, "opacity": 0.14, "line_width": 0, "layer": "below"}
        figure.add_hrect(low, high, annotation=told, annotation_position="top right", **band)
    if others:
        figure.add_trace(_published(others))
    for row in table.to_dict("records"):
        if row["seeds"]:
            figure.add_trace(_seeds(row, colours[row["run"]]))
        figure.add_trace(_run(row, colours[row["run"]], row["run"] == chosen, row["run"] in named))
    spans = np.log10([float(n) for n in [*table["parameters"], *(one.parameters for one in others)]])
    ends = [spans.min() - 0.35, spans.max() + 0.35]
    if len(table) > MANY:
        sides = _sides(
            table[table["run"].isin(named)], ends[0], np.ptp(ends) / WIDE, 100 * np.ptp(table["accuracy"]) / HIGH
        )
        for run, side in sides.items():
            figure.update_traces(
                {"mode": "markers+text", "text": [run], "textposition": side, "textfont_size": 12}, {"name": run}
            )
    figure.update_xaxes(type="log", tickformat="~s", dtick=1 if np.ptp(spans) > 1 else "D2", range=ends)
    figure.update_yaxes(ticksuffix="%")
    return finish(
        figure, "Accuracy against size", 420, x="parameters (log scale)", y="accuracy", legend=len(table) <= MANY
    )


def _unbeaten(table: pd.DataFrame) -> list[str]:
    """The runs that are better than all of at most their size."""
    ordered = table.sort_values(["parameters", "accuracy"], ascending=[True, False])
    before = ordered["accuracy"].cummax().shift(fill_value=-1.0)
    return list(ordered.loc[ordered["accuracy"] > before, "run"])


def _sides(named: pd.DataFrame, start: float, across: float, up: float) -> dict[str, str]:
    """Where each name stands beside its point: the first of `SIDES` that is right of `start` and covers no name or
    point of the others. A pixel is worth `across` powers of ten of parameters and `up` points of accuracy."""
    points = {row["run"]: (math.log10(row["parameters"]), 100 * row["accuracy"]) for row in named.to_dict("records")}
    taken = {run: (x - 6 * across, x + 6 * across, y - 6 * up, y + 6 * up) for run, (x, y) in points.items()}
    sides = {}
    for run, (x, y) in sorted(points.items(), key=lambda one: -one[1][1]):
        wide = 7 * len(run) * across
        rows = {"top": (y + 6 * up, y + 20 * up), "bottom": (y - 20 * up, y - 6 * up)}
        columns = {"left": (x - wide, x), "right": (x, x + wide)}
        boxes = {side: columns[side.split()[1]] + rows[side.split()[0]] for side in SIDES}
        others = [box for one, box in taken.items() if one != run]
        free = [
            side for side, box in boxes.items() if box[0] > start and not any(_cover(box, other) for other in others)
        ]
        sides[run] = (free or SIDES)[0]
        taken[f"{run}'s name"] = boxes[sides[run]]
    return sides


def _cover(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two boxes (left, right, low, high) overlap."""
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def _run(row: Mapping[Any, Any], colour: str, chosen: bool, named: bool) -> go.Scatter:
    accuracy, low, high = (100 * float(row[key]) for key in ("accuracy", "low", "high"))
    return go.Scatter(
        x=[row["parameters"]], y=[accuracy], name=str(row["run"]), mode="markers", cliponaxis=False, opacity=1 if named else 0.4,
        marker={"size": 15 if chosen else 11, "color": colour, "line": {"width": 0}},
        error_y={
            "type": "data", "symmetric": False, "array": [high - accuracy], "arrayminus": [accuracy - low], "width": 5, "thickness": 1.6,
        },
        hovertemplate=f"{row['run']}<br>%{{y:.1f}}% [{low:.1f}, {high:.1f}]<br>%{{x:,}} parameters<extra></extra>",
    )  # fmt: skip


def _seeds(row: Mapping[Any, Any], colour: str) -> go.Scatter:
    values = [100 * float(value) for value in row["seeds"]]
    return go.Scatter(
        x=[row["parameters"]] * len(values), y=values, mode="markers", cliponaxis=False, showlegend=False,
        marker={"size": 30, "symbol": "line-ew", "line": {"width": 2, "color": colour}},
        hovertemplate=f"{row['run']}, one of {len(values)} seeds<br>%{{y:.1f}}%<extra></extra>",
    )  # fmt: skip


def _published(others: Sequence[Published]) -> go.Scatter:
    told = [f"{one.name}<br>scored on {one.split}<br>{_folded(one.protocol)}" for one in others]
    return go.Scatter(
        x=[one.parameters for one in others], y=[100 * one.accuracy for one in others], mode="markers", name="published elsewhere",
        marker={"size": 10, "symbol": "circle-open", "color": MUTED, "line": {"width": 2}}, text=told,
        hovertemplate="%{text}<br>%{y:.1f}% with %{x:.4s} parameters<extra></extra>",
    )  # fmt: skip


def _folded(text: str, width: int = 46) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += f"{word} "
    return "<br>".join(line.strip() for line in lines)


def per_class(
    values: Mapping[str, np.ndarray],
    spreads: Mapping[str, np.ndarray],
    classes: Sequence[str],
    colours: Mapping[str, str],
    what: str,
) -> go.Figure:
    """A bar per class and run with its 95% interval: `values` (C,) and `spreads` (2, C) as shares; the best class on
    top."""
    order = np.argsort(next(iter(values.values())), kind="stable")
    names = [classes[i] for i in order]
    figure = go.Figure()
    for run in reversed(list(values)):  # the first run's bar is the upper one
        value, (low, high) = 100 * values[run][order], 100 * spreads[run][:, order]
        figure.add_trace(
            go.Bar(
                x=value, y=names, orientation="h", name=run, marker={"color": colours[run], "opacity": 0.62},
                error_x={
                    "type": "data", "symmetric": False, "array": np.maximum(high - value, 0), "arrayminus": np.maximum(value - low, 0),
                    "thickness": 2, "width": 4, "color": colours[run],
                },
                customdata=np.stack([low, high], 1),
                hovertemplate=run + " · %{y}: %{x:.1f}% [%{customdata[0]:.1f}, %{customdata[1]:.1f}]<extra></extra>",
            )
        )  # fmt: skip
    figure.update_layout(barmode="group", bargap=0.28, bargroupgap=0.06, legend={"traceorder": "reversed"})
    figure.update_xaxes(range=[0, 100], ticksuffix="%")
    height = 120 + len(names) * (14 + 15 * len(values))
    return finish(figure, f"{what} per class", height, x=f"{what.lower()}, 95% interval", legend=True)


def differences(found: Sequence[Difference]) -> go.Figure:
    """Each difference as a point with its interval beside the line of none; green and red where it is sure, gray for a
    tie."""
    figure = go.Figure()
    for what, value, (low, high), sure in found:
        colour = MUTED if not sure else FIXED if value > 0 else BROKEN
        figure.add_trace(
            go.Scatter(
                x=[100 * value], y=[what], mode="markers", marker={"size": 12, "color": colour},
                error_x={
                    "type": "data", "symmetric": False, "array": [100 * (high - value)], "arrayminus": [100 * (value - low)],
                    "thickness": 2, "width": 6,
                },
                hovertemplate=f"{what}: %{{x:+.1f}} points [{100 * low:+.1f}, {100 * high:+.1f}]<extra></extra>",
            )
        )  # fmt: skip
    figure.add_vline(0, line_width=1.5, line_dash="dot", line_color=MUTED)
    ends = [0.0, *(100 * end for _, _, both, _ in found for end in both)]
    room = max(0.12 * (max(ends) - min(ends)), 0.2)
    figure.update_xaxes(range=[min(ends) - room, max(ends) + room])
    figure.update_yaxes(autorange="reversed")
    return finish(figure, "Difference with its 95% interval", 110 + 38 * len(found), x="points in favour of the run")


def trade(found: Mapping[str, np.ndarray], taus: Sequence[float], at: int, colours: Mapping[str, str]) -> go.Figure:
    """A curve per run from its confusion matrices (T, C, C), one per setting of the dial; the setting `at` as a large
    point."""
    figure = go.Figure()
    for run, matrices in found.items():
        x, y = 100 * metrics.accuracy(matrices), 100 * metrics.balanced_accuracy(matrices)
        sizes = [15 if i == at else 4 for i in range(len(taus))]
        figure.add_trace(
            go.Scatter(
                x=x, y=y, name=run, mode="lines+markers", line={"color": colours[run], "width": 2}, customdata=list(taus),
                marker={"color": colours[run], "size": sizes, "line": {"width": 0}, "opacity": 1},
                hovertemplate=run + " at %{customdata}: %{x:.1f}% accuracy, %{y:.1f}% balanced<extra></extra>",
            )
        )  # fmt: skip
    figure.update_xaxes(ticksuffix="%")
    figure.update_yaxes(ticksuffix="%")
    title = "Accuracy against balanced accuracy"
    return finish(figure, title, 340, x="accuracy", y="balanced accuracy (mean recall)", legend=True)
