"""Runs against each other: scores per class, differences with their intervals, and the trade-off for rare classes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.charts.spec import Axis, Bars, Chart, Intervals, Lines, Points, Rules
from dashboard.words import interval, percent, points
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
) -> Chart:
    """A bar per class and run with its 95% interval: `values` (C,) and `intervals` (2, C) as shares; the best class of
    the first run on top. A bar stands for its class."""
    order = np.argsort(-next(iter(values.values())), kind="stable")
    names = [classes[i] for i in order]
    marks = [_bars(run, values[run][order], intervals[run][:, order], names, colours[run]) for run in values]
    return Chart(
        f"{metric[0].upper()}{metric[1:]} per class",
        Axis(f"{metric}, 95% interval", low=0, high=100, suffix="%"),
        Axis(kind="category"),
        marks,
        height=100 + len(names) * (14 + 15 * len(values)),
    )


def _bars(run: str, values: np.ndarray, ends: np.ndarray, names: list[str], colour: str) -> Bars:
    rows = zip(names, values.tolist(), *ends.tolist(), strict=True)
    return Bars(
        x=100 * values,
        y=names,
        low=100 * ends[0],
        high=100 * ends[1],
        horizontal=True,
        name=run,
        colour=colour,
        opacity=0.62,
        hover=[f"{run}\n{name}: {percent(value)} ({interval(low, high)})" for name, value, low, high in rows],
        select=names,
    )


def differences(rows: Sequence[Difference]) -> Chart:
    """Each difference as a point with its interval around the zero line; green or red where it is significant, gray
    for a tie."""
    names = [row.metric for row in rows]
    tints = [MUTED if not row.significant else FIXED if row.value > 0 else BROKEN for row in rows]
    low, high = ([100 * row.interval[end] for row in rows] for end in (0, 1))
    hover = [f"{row.metric}: {points(row.value, row.interval)}" for row in rows]
    return Chart(
        "Difference with its 95% interval",
        Axis("points in favour of the run", signed=True),
        Axis(kind="category", names=names),
        [
            Rules(0.0, vertical=True),
            Intervals(names, low, high, horizontal=True, colour=tints, width=2),
            Points([100 * row.value for row in rows], names, size=12, colour=tints, hover=hover),
        ],
        height=96 + 36 * len(rows),
        table={"score": names, "points": [100 * row.value for row in rows], "low": low, "high": high},
    )


def trade_off(
    matrices: Mapping[str, np.ndarray], taus: Sequence[float], chosen: int, colours: Mapping[str, str]
) -> Chart:
    """A curve per run from its confusion matrices (T, C, C), one per strength of logit adjustment in `taus`; the
    setting at index `chosen` as a large point."""
    marks: list[Lines | Points] = []
    for run, counts in matrices.items():
        accuracy, balanced = (100 * score(counts) for score in (metrics.accuracy, metrics.balanced_accuracy))
        hover = [
            f"{run} at τ = {tau:g}\n{x:.1f}% accuracy, {y:.1f}% balanced accuracy"
            for tau, x, y in zip(taus, accuracy, balanced, strict=True)
        ]
        large = [chosen]
        marks.append(Lines(accuracy, balanced, colour=colours[run], name=run))
        marks.append(Points(accuracy, balanced, size=5, colour=colours[run], name=run, hover=hover))
        marks.append(Points(accuracy[large], balanced[large], size=15, colour=colours[run], name=run))
    return Chart(
        "Accuracy against balanced accuracy",
        Axis("accuracy", suffix="%"),
        Axis("balanced accuracy (mean recall)", suffix="%"),
        marks,
    )
