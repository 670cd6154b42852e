"""Accuracy against size: the runs, people, and results published elsewhere."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit.colours import MUTED
from ferkit.published import PEOPLE, Published

__all__ = ["MANY", "accuracy_by_size"]

MANY = 8  # runs, beyond which a legend would be longer than the chart
WIDTH, HEIGHT = 900, 290  # pixels between the axes, about
SIDES = ("top left", "bottom left", "top right", "bottom right")


def accuracy_by_size(
    table: pd.DataFrame,
    colours: Mapping[str, str],
    chosen: str,
    others: Sequence[Published] = (),
    *,
    people: bool = False,
) -> go.Figure:
    """A point per run of a leaderboard with its 95% interval, and a dash for each of its seeds; hollow gray points for
    `others`, a band for people. With more than `MANY` runs only the chosen one and the Pareto front (no smaller or
    equal run is as accurate) carry their names; the rest fade.
    """
    figure = go.Figure()
    table = table[table["parameters"].notna()]
    named = set(table["run"]) if len(table) <= MANY else {chosen, *_pareto(table)}
    if people:
        _people(figure)
    if others:
        figure.add_trace(_published(others))
    for row in table.to_dict("records"):
        if row["seeds"]:
            figure.add_trace(_seeds(row, colours[row["run"]]))
        figure.add_trace(_run(row, colours[row["run"]], row["run"] == chosen, row["run"] in named))
    spans = np.log10([float(n) for n in [*table["parameters"], *(other.parameters for other in others)]])
    ends = [spans.min() - 0.35, spans.max() + 0.35] if len(spans) else [3.0, 8.0]
    if len(table) > MANY:
        _names(figure, table[table["run"].isin(named)], ends, 100 * np.ptp(table["accuracy"]) / HEIGHT)
    figure.update_xaxes(type="log", tickformat="~s", dtick=1 if np.ptp(ends) > 1.7 else "D2", range=ends)
    figure.update_yaxes(ticksuffix="%")
    return finish(
        figure, "Accuracy against size", 420, x="parameters (log scale)", y="accuracy", legend=len(table) <= MANY
    )


def _people(figure: go.Figure) -> None:
    low, high = (100 * end for end in PEOPLE)
    text = f"people: {(low + high) / 2:.0f} ± {(high - low) / 2:.0f}%"
    figure.add_hrect(
        low,
        high,
        annotation={"text": text, "font": {"color": MUTED, "size": 12}},
        annotation_position="top right",
        fillcolor=MUTED,
        opacity=0.14,
        line_width=0,
        layer="below",
    )


def _pareto(table: pd.DataFrame) -> list[str]:
    """The runs that are more accurate than every other run of at most their size."""
    ordered = table.sort_values(["parameters", "accuracy"], ascending=[True, False])
    before = ordered["accuracy"].cummax().shift(fill_value=-1.0)
    return list(ordered.loc[ordered["accuracy"] > before, "run"])


def _names(figure: go.Figure, named: pd.DataFrame, ends: Sequence[float], up: float) -> None:
    """Write each name next to its point."""
    for run, side in _sides(named, ends[0], float(np.ptp(ends)) / WIDTH, up).items():
        figure.update_traces(
            {"mode": "markers+text", "text": [run], "textposition": side, "textfont_size": 12}, {"name": run}
        )


def _sides(named: pd.DataFrame, start: float, across: float, up: float) -> dict[str, str]:
    """On which side of its point each name is written: the first of `SIDES` that is right of `start` and covers no
    other name or point. A pixel is worth `across` powers of ten of parameters and `up` points of accuracy."""
    points = {row["run"]: (math.log10(row["parameters"]), 100 * row["accuracy"]) for row in named.to_dict("records")}
    taken = {run: (x - 6 * across, x + 6 * across, y - 6 * up, y + 6 * up) for run, (x, y) in points.items()}
    sides = {}
    for run, (x, y) in sorted(points.items(), key=lambda item: -item[1][1]):
        width = 7 * len(run) * across
        rows = {"top": (y + 6 * up, y + 20 * up), "bottom": (y - 20 * up, y - 6 * up)}
        columns = {"left": (x - width, x), "right": (x, x + width)}
        boxes = {side: columns[side.split()[1]] + rows[side.split()[0]] for side in SIDES}
        others = [box for name, box in taken.items() if name != run]
        free = [side for side, box in boxes.items() if box[0] > start and not any(_overlap(box, b) for b in others)]
        sides[run] = (free or SIDES)[0]
        taken[f"{run}'s name"] = boxes[sides[run]]
    return sides


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    """Whether two boxes (left, right, low, high) overlap."""
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def _run(row: Mapping[Any, Any], colour: str, chosen: bool, named: bool) -> go.Scatter:
    accuracy, low, high = (100 * float(row[key]) for key in ("accuracy", "low", "high"))
    return go.Scatter(
        x=[row["parameters"]],
        y=[accuracy],
        name=str(row["run"]),
        mode="markers",
        cliponaxis=False,
        opacity=1 if named else 0.4,
        marker={"size": 15 if chosen else 11, "color": colour, "line": {"width": 0}},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [high - accuracy],
            "arrayminus": [accuracy - low],
            "width": 5,
            "thickness": 1.6,
        },
        hovertemplate=f"{row['run']}<br>%{{y:.1f}}% [{low:.1f}, {high:.1f}]<br>%{{x:,}} parameters<extra></extra>",
    )


def _seeds(row: Mapping[Any, Any], colour: str) -> go.Scatter:
    values = [100 * float(value) for value in row["seeds"]]
    return go.Scatter(
        x=[row["parameters"]] * len(values),
        y=values,
        mode="markers",
        cliponaxis=False,
        showlegend=False,
        marker={"size": 30, "symbol": "line-ew", "line": {"width": 2, "color": colour}},
        hovertemplate=f"{row['run']}, one of {len(values)} seeds<br>%{{y:.1f}}%<extra></extra>",
    )


def _published(others: Sequence[Published]) -> go.Scatter:
    return go.Scatter(
        x=[other.parameters for other in others],
        y=[100 * other.accuracy for other in others],
        mode="markers",
        name="published elsewhere",
        marker={"size": 10, "symbol": "circle-open", "color": MUTED, "line": {"width": 2}},
        text=[_hover(other) for other in others],
        hovertemplate="%{text}<br>%{y:.1f}% with %{x:.4s} parameters<extra></extra>",
    )


def _hover(other: Published) -> str:
    split = "split not reported" if other.split == "not stated" else f"scored on {other.split}"
    return f"{other.name}<br>{split}<br>{_folded(other.protocol)}"


def _folded(text: str, width: int = 46) -> str:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += f"{word} "
    return "<br>".join(line.strip() for line in lines)
