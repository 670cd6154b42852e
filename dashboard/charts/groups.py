"""Where two runs differ: a point with its interval per class or slice, around the line of no difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from dashboard.charts.spec import Axis, Chart, Intervals, Mark, Points, Rules
from dashboard.words import chance, percent, points
from ferkit.colours import BROKEN, FIXED, MUTED
from ferkit.evaluate.differences import Difference

__all__ = ["group_differences"]


def group_differences(
    rows: Sequence[Difference], selects: Sequence[Any], chosen: Sequence[Any], title: str, run: str, other: str
) -> Chart:
    """`rows` of `run` against `other`, the largest gain on top; green or red where Holm's p is below 0.05. `selects` is
    what a click on each stands for."""
    order = np.argsort([-row.difference for row in rows], kind="stable")
    shown, payloads = [rows[i] for i in order], [selects[i] for i in order]
    names = [f"{row.name} ({row.n:,})" for row in shown]
    tints = [MUTED if not row.significant else FIXED if row.difference > 0 else BROKEN for row in shown]
    low, high = ([100 * row.interval[end] for row in shown] for end in (0, 1))
    values = [100 * row.difference for row in shown]
    marks: list[Mark] = [
        Rules(0.0, vertical=True),
        Intervals(names, low, high, horizontal=True, colour=tints, width=2),
        Points(values, names, size=12, colour=tints, hover=[_hover(row, run, other) for row in shown], select=payloads),
    ]
    table = {
        "group": [row.name for row in shown], "faces": [row.n for row in shown],
        run: [row.b for row in shown], other: [row.a for row in shown], "points": values, "low": low, "high": high,
        "fixed": [row.fixed for row in shown], "broken": [row.broken for row in shown],
        "p": [row.p for row in shown], "p (Holm)": [row.adjusted for row in shown],
    }  # fmt: skip
    axis = Axis(f"points in favour of {run}, 95% interval", signed=True)
    return Chart(
        title, axis, Axis(kind="category", names=names), marks, height=96 + 30 * len(rows), chosen=chosen, table=table
    )


def _hover(row: Difference, run: str, other: str) -> str:
    lines = (
        f"{row.name}: {points(row.difference, row.interval)}",
        f"{run} {percent(row.b)}, {other} {percent(row.a)} of {row.n:,} faces",
        f"{row.fixed:,} fixed, {row.broken:,} broken",
        f"{chance(row.adjusted)} after Holm's correction",
    )
    return "\n".join(lines)
