"""A chart as plain data: axes and marks. `dashboard.components.chart` draws it in the browser.

    recall = Bars(x=[72.1, 64.0], y=["happy", "fear"], horizontal=True, low=[70, 61], high=[74, 67], name="alpha",
                  colour="#6366f1", hover=["happy: 72.1%", "fear: 64.0%"], select=["happy", "fear"])
    Chart("Recall per class", Axis("recall, 95% CI", low=0, high=100, suffix="%"), Axis(kind="category"), [recall])

A position on a category axis is a name, or a number: 0 is the middle of the first category, 0.5 the border to the next.
Sequences of a mark have one entry per item; `hover`, `text`, `label` and `select` may be left out. Items without a
finite position are not drawn. A mark's `name` is its entry in the legend, once for all marks of that name; a mark
without one has none. `select` is any JSON value: what a click on that item stands for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

__all__ = [
    "Axis", "Bands", "Bars", "Cells", "Chart", "Intervals", "Lines", "Mark", "Points", "Readout", "Rules", "Spans",
    "Text",
]  # fmt: skip

Places = Sequence[Any] | np.ndarray  # numbers, or names of categories
Numbers = Sequence[float] | np.ndarray
Colour = str | Sequence[str]  # "#rrggbb", "" for the text's colour; one for the mark or one per item


@dataclass(frozen=True)
class Axis:
    """One axis. The label carries the unit; without `low` and `high` the range follows from the marks."""

    label: str = ""
    kind: Literal["linear", "log", "category"] = "linear"
    low: float | None = None
    high: float | None = None
    names: Sequence[str] = ()  # of categories, left to right or top to bottom; () for the order in the marks
    suffix: str = ""  # of each tick
    signed: bool = False  # "+" before positive ticks
    ticks: Sequence[float] = ()  # () for round numbers that fit
    whole: bool = False  # ticks at whole numbers only
    quiet: bool = False  # neither ticks nor grid


@dataclass(frozen=True, kw_only=True)
class _Items:
    """What marks of several items have in common."""

    colour: Colour = ""
    name: str = ""
    hover: Sequence[str] = ()
    select: Sequence[Any] = ()
    opacity: float = 1.0


@dataclass(frozen=True)
class Bars(_Items):
    """Bars from `base` (0) to y, or to x where `horizontal`; several marks without a base share a category side by
    side. `width` is in units of the axis, for bars on a numeric one."""

    x: Places
    y: Places
    horizontal: bool = False
    base: Numbers = ()
    low: Numbers = ()  # an interval on each bar
    high: Numbers = ()
    width: float | None = None
    text: Sequence[str] = ()  # beyond the bar; within it where there is a base


@dataclass(frozen=True)
class Lines(_Items):
    """A line through the points in their order; `step` holds each y until the next x."""

    x: Places
    y: Places
    width: float = 2.0
    dash: bool = False
    step: bool = False


@dataclass(frozen=True)
class Points(_Items):
    """Symbols of `size` pixels across; `label` is written beside each where there is room."""

    x: Places
    y: Places
    size: float | Sequence[float] = 10.0
    symbol: Literal["circle", "hollow", "diamond", "dash", "tick", "cross"] = "circle"
    label: Sequence[str] = ()


@dataclass(frozen=True)
class Intervals(_Items):
    """Whiskers from `low` to `high` at x, or at y where `horizontal`."""

    at: Places
    low: Numbers
    high: Numbers
    horizontal: bool = False
    width: float = 1.8
    cap: float = 8.0  # pixels


@dataclass(frozen=True)
class Bands:
    """The area between `low` and `high` along x."""

    x: Places
    low: Numbers
    high: Numbers
    colour: str = ""
    name: str = ""
    opacity: float = 0.16


@dataclass(frozen=True)
class Spans:
    """A stripe across the whole chart between two values of y, or of x where `vertical`."""

    low: float
    high: float
    vertical: bool = False
    label: str = ""
    colour: str = ""
    opacity: float = 0.14


@dataclass(frozen=True)
class Readout:
    """Sentences for the values of a draggable rule: shown under the chart is the one at the nearest of `at`."""

    at: Numbers
    text: Sequence[str]


@dataclass(frozen=True)
class Rules:
    """A line across the whole chart at a value of y, or of x where `vertical`; `{}` in its label is that value.

    A draggable one moves by mouse, touch and arrow keys, in steps of `step`, and sends its value when let go.
    """

    at: float
    vertical: bool = False
    label: str = ""
    dash: bool = True
    colour: str = ""
    draggable: bool = False
    step: float = 0.01
    digits: int = 2  # of the value in the label
    readout: Readout | None = None


@dataclass(frozen=True)
class Cells:
    """Cells of a table of two category axes; the more of `colour` the larger the share of `value` in `top`, of `minus`
    for negative ones."""

    x: Sequence[str]
    y: Sequence[str]
    value: Numbers
    top: float = 1.0
    text: Sequence[str] = ()
    colour: Colour = "#4f46e5"
    minus: str = "#dc4a3d"
    hover: Sequence[str] = ()
    select: Sequence[Any] = ()
    name: str = ""


@dataclass(frozen=True)
class Text:
    """Words at a place."""

    x: Any
    y: Any
    text: str
    anchor: Literal["start", "middle", "end"] = "middle"
    colour: str = ""


Mark = Bars | Lines | Points | Intervals | Bands | Spans | Rules | Cells | Text


@dataclass(frozen=True)
class Chart:
    """A chart of `height` pixels; more where the legend takes several rows. `chosen` are the payloads of highlighted
    items; `table` replaces what the CSV file would hold otherwise."""

    title: str
    x: Axis
    y: Axis
    marks: Sequence[Mark]
    height: int = 340
    legend: bool = True
    chosen: Sequence[Any] = ()
    table: Mapping[str, Sequence[Any]] = field(default_factory=dict)
