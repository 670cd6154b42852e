"""Logged predictions over time: volume, latency, confidence and class mix. The axis counts back from now, so that it is
legible on a phone; when exactly is in the tooltip."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.charts.spec import Axis, Bands, Bars, Chart, Lines, Mark, Rules
from ferkit.monitor.summary import Steps

__all__ = ["classes", "confidence", "latency", "volume"]

LATENCY, CONFIDENCE = "#0d9488", "#6366f1"
SOURCES = {"photo": "#6366f1", "video": "#0d9488", "webcam": "#d97706", "serve": "#be185d"}
HEIGHT = 270


def volume(steps: Steps) -> Chart:
    """Faces per step, by where they came from."""
    hover = {name: [f"{name}: {n:,} faces" for n in steps.faces[name].tolist()] for name in steps.faces.columns}
    marks = _stacked(steps, steps.faces.to_numpy(float).T, hover, SOURCES)
    return Chart(f"Faces per {steps.length}", _time(steps), Axis("faces", low=0), marks, HEIGHT)


def latency(steps: Steps) -> Chart:
    """Median and 95th percentile of the time one picture took."""
    lines = [
        _line(steps, steps.latency[q].to_numpy(), name, "ms", colour=LATENCY, dash=q > 0.5)
        for q, name in ((0.5, "median"), (0.95, "95th percentile"))
    ]
    return Chart("Latency", _time(steps), Axis("ms a picture", low=0), lines, HEIGHT)


def confidence(steps: Steps, reference: float | None) -> Chart:
    """Median confidence with its quartiles, and the reference's median as a line across."""
    low, middle, high = (100 * steps.confidence[q].to_numpy() for q in (0.25, 0.5, 0.75))
    marks: list[Mark] = [
        Bands(steps.ago, low, high, CONFIDENCE, "middle half"),
        _line(steps, middle, "median", "%", colour=CONFIDENCE),
    ]
    if reference is not None:
        marks.append(Rules(100 * reference, label="median on val"))
    return Chart("Confidence", _time(steps), Axis("confidence", low=0, high=100, suffix="%"), marks, HEIGHT)


def classes(steps: Steps, names: Sequence[str], colours: Mapping[str, str], reference: Mapping[str, int]) -> Chart:
    """Share of each class per step; the tooltip has that on val."""
    shares = 100 * steps.classes.reindex(columns=list(names)).fillna(0.0).to_numpy().T
    total = max(1, sum(reference.values()))
    on_val = {name: f" (on val {reference[name] / total:.0%})" if reference else "" for name in names}
    hover = {
        name: [f"{name}: {share:.0f}%{on_val[name]}" for share in row.tolist()]
        for name, row in zip(names, shares, strict=True)
    }
    axis = Axis("share of the faces", low=0, high=100, suffix="%")
    return Chart("Predicted classes", _time(steps), axis, _stacked(steps, shares, hover, colours), HEIGHT)


def _time(steps: Steps) -> Axis:
    half = _step(steps) / 2
    return Axis(f"{steps.unit} from now", low=float(steps.ago[0] - half), high=0.0)


def _step(steps: Steps) -> float:
    return -2 * float(steps.ago[-1])


def _line(steps: Steps, values: np.ndarray, name: str, unit: str, **look: Any) -> Lines:
    space = "" if unit == "%" else " "
    hover = [
        f"{when} UTC\n{name} {value:,.0f}{space}{unit}"
        for when, value in zip(steps.names, values.tolist(), strict=True)
    ]
    return Lines(x=steps.ago, y=values, name=name, hover=hover, **look)


def _stacked(
    steps: Steps, values: np.ndarray, hover: Mapping[str, Sequence[str]], colours: Mapping[str, str]
) -> list[Mark]:
    """One mark per name of `hover`, each on top of the one before; values (names, K)."""
    marks: list[Mark] = []
    base = np.zeros(values.shape[1])
    for row, (name, texts) in zip(values, hover.items(), strict=True):
        tooltips = [f"{when} UTC\n{text}" for when, text in zip(steps.names, texts, strict=True)]
        bars = Bars(
            x=steps.ago, y=base + row, base=base, width=0.86 * _step(steps), colour=colours.get(name, ""), name=name,
            hover=tooltips,
        )  # fmt: skip
        marks.append(bars)
        base = base + row
    return marks
