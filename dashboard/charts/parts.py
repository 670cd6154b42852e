"""What the parts of a face do to the classes' probabilities."""

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.charts.spec import Axis, Bars, Cells, Chart
from dashboard.words import points
from ferkit.colours import MUTED

__all__ = ["before_after", "effects", "gains"]

FALLS, RISES = "#dc4a3d", "#2f7fc1"


def effects(
    values: np.ndarray, rows: Sequence[str], columns: Sequence[str], title: str, chosen: object = None
) -> Chart:
    """Mean changes of a probability with their intervals, (3, rows, columns), as coloured cells, with numbers
    where the interval leaves out 0; a cell stands for [row, column]."""
    mean, low, high = 100 * values
    cells = [(i, j) for i in range(len(rows)) for j in range(len(columns)) if np.isfinite(mean[i, j])]
    spans = [f"{rows[i]}, {columns[j]}: {_interval(*values[:, i, j])}" for i, j in cells]
    sure = [low[i, j] > 0 or high[i, j] < 0 for i, j in cells]
    marks = Cells(
        x=[columns[j] for _, j in cells],
        y=[rows[i] for i, _ in cells],
        value=[mean[i, j] for i, j in cells],
        top=max(float(np.nanmax(np.abs(mean), initial=0)), 1.0),
        text=[
            f"{mean[i, j]:+.0f}".replace("-", "−") if sharp else "" for (i, j), sharp in zip(cells, sure, strict=True)
        ],
        colour=RISES,
        minus=FALLS,
        hover=spans,
        select=[[rows[i], columns[j]] for i, j in cells],
    )
    return Chart(
        title,
        Axis(kind="category", names=columns),
        Axis(kind="category", names=rows),
        [marks],
        height=80 + 40 * len(rows),
        chosen=[chosen] if chosen else [],
    )


def gains(values: np.ndarray, classes: Sequence[str], colours: Mapping[str, str], title: str) -> Chart:
    """Mean changes of every class's probability with their intervals, (3, C), as bars."""
    mean, low, high = 100 * values
    bars = Bars(
        x=mean, y=classes, horizontal=True, low=low, high=high, colour=[colours[name] for name in classes],
        hover=[
            f"{name}: {_interval(*triple)}" for name, triple in zip(classes, values.T, strict=True)
        ],
    )  # fmt: skip
    axis = Axis("change of the probability, points", signed=True)
    return Chart(title, axis, Axis(kind="category", names=classes), [bars], height=80 + 34 * len(classes), legend=False)


def before_after(
    before: np.ndarray, after: np.ndarray, classes: Sequence[str], colours: Mapping[str, str], changed: str
) -> Chart:
    """Probabilities (C,) in [0, 1] of one face, and of the same face as `changed`, side by side."""
    marks = [
        Bars(x=100 * before, y=classes, horizontal=True, name="as it is", colour=MUTED, text=_percents(before)),
        Bars(
            x=100 * after, y=classes, horizontal=True, name=changed, colour=[colours[name] for name in classes],
            text=_percents(after),
        ),
    ]  # fmt: skip
    axis = Axis(low=0, high=100, quiet=True)
    names = Axis(kind="category", names=classes)
    return Chart("Probability before and after", axis, names, marks, height=90 + 44 * len(classes))


def _percents(values: np.ndarray) -> list[str]:
    return [f"{value:.0%}" for value in values]


def _interval(mean: float, low: float, high: float) -> str:
    """ "+1.3 points [+0.2, +2.4]"; without the interval of a single face."""
    return points(mean, (low, high) if np.isfinite(low) else None)
