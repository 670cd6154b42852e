"""A chart of `dashboard.charts.spec` as JSON values, for the browser."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from dashboard.charts.spec import Axis, Chart, Mark, Readout, Rules
from ferkit.text import printable

__all__ = ["as_data", "payloads"]

DIGITS = 7  # significant digits that are sent


def payloads(chart: Chart) -> Iterator[Any]:
    """What clicks on the chart can stand for."""
    for mark in chart.marks:
        yield from getattr(mark, "select", ())


def as_data(chart: Chart) -> dict[str, Any]:
    """The chart as JSON values; what equals its default is left out. Raises ValueError for two draggable rules, and for
    a mark whose sequences differ in length."""
    if sum(isinstance(mark, Rules) and mark.draggable for mark in chart.marks) > 1:
        raise ValueError("a chart can have one draggable rule, got more; draw the others with draggable=False")
    for mark in chart.marks:
        _check(mark)
    data = _record(chart)
    data["marks"] = [{"kind": type(mark).__name__.lower(), **_record(mark)} for mark in chart.marks]
    return data


def _check(mark: Mark) -> None:
    sizes = {f.name: len(value) for f in fields(mark) if (value := _items(getattr(mark, f.name))) is not None}
    if len(set(sizes.values())) > 1:
        raise ValueError(f"expected sequences of one length in {type(mark).__name__}, got {sizes}")


def _items(value: Any) -> Any:
    """A filled sequence of a mark; None for anything else."""
    return value if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str) and len(value) else None


def _record(value: Any) -> dict[str, Any]:
    kept = {f.name: (getattr(value, f.name), f.default) for f in fields(value) if f.name != "marks"}
    return {name: _json(held) for name, (held, default) in kept.items() if not _left_out(held, default)}


def _left_out(value: Any, default: Any) -> bool:
    """Whether it says nothing: empty, or as the default has it."""
    if isinstance(value, Sequence | Mapping | np.ndarray) and not isinstance(value, str):
        return len(value) == 0
    return type(value) is type(default) and bool(value == default)


def _json(value: Any) -> Any:
    """JSON values: numbers rounded to `DIGITS`, null for NaN and infinity, control characters escaped in texts."""
    if isinstance(value, str):
        return "\n".join(printable(line) for line in value.split("\n"))
    if isinstance(value, np.generic | np.ndarray):
        return _json(value.tolist())
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _json(part) for key, part in value.items()}
    if isinstance(value, Axis | Readout):
        return _record(value)
    return [_json(part) for part in value] if isinstance(value, Sequence) else value
