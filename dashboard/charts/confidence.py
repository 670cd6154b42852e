"""Is a run as sure as it is right: reliability, confidence by outcome, accuracy against coverage, curves per class."""

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.charts.spec import Axis, Bars, Chart, Lines, Mark, Points, Readout, Rules
from dashboard.words import interval, percent
from ferkit.colours import ACCENT, MUTED, RIGHT, WRONG
from ferkit.evaluate.curves import Coverage, Curve, thinned
from ferkit.evaluate.reliability import Histogram, Reliability
from ferkit.metrics import UNCALIBRATED, Temperature

__all__ = ["DIGITS", "coverage", "histogram", "per_class_curves", "reliability", "top_k"]

Range = tuple[float, float]
DIGITS = 6  # of a range in the URL


def reliability(after: Reliability, before: Reliability, chosen: Range | None, temperature: Temperature) -> Chart:
    """A bar per bin of calibrated confidence with its interval, the diagonal of perfect calibration, and the
    uncalibrated bins as hollow points. A bar stands for its range of confidence."""
    full = after.n > 0
    marks: list[Mark] = [Lines([0, 100], [0, 100], dash=True, name="perfectly calibrated", width=1.5)]
    marks += [_bin(after, i) for i in np.flatnonzero(full).tolist()]
    plain = before.n > 0
    if temperature != UNCALIBRATED:
        hover = [_bin_words(before, i, "uncalibrated") for i in np.flatnonzero(plain).tolist()]
        x, y = 100 * before.confidence[plain], 100 * before.accuracy[plain]
        marks.append(Points(x, y, symbol="hollow", colour=MUTED, name="uncalibrated (T = 1)", hover=hover))
    columns = {"lower": after.lower, "upper": after.upper, "faces": after.n, "confidence": after.confidence}
    columns |= {"accuracy": after.accuracy, "low": after.low, "high": after.high}
    return Chart(
        f"Accuracy by confidence: calibration error {percent(after.ece)}",
        Axis("confidence", low=0, high=100, suffix="%"),
        Axis("accuracy, 95% interval", low=0, high=100, suffix="%"),
        marks,
        chosen=[_rounded(chosen)] if chosen else [],
        table={
            name: [value if np.isfinite(value) else None for value in column.tolist()]
            for name, column in columns.items()
        },
    )


def _bin(bins: Reliability, i: int) -> Bars:
    lower, upper = 100 * bins.lower[i], 100 * bins.upper[i]
    return Bars(
        x=[(lower + upper) / 2],
        y=[100 * bins.accuracy[i]],
        base=[0.0],
        low=[100 * bins.low[i]],
        high=[100 * bins.high[i]],
        width=upper - lower,
        colour=ACCENT,
        opacity=0.62,
        name="calibrated",
        hover=[_bin_words(bins, i, "calibrated")],
        select=[_rounded((float(bins.lower[i]), float(bins.upper[i])))],
    )


def _bin_words(bins: Reliability, i: int, kind: str) -> str:
    return (
        f"{percent(bins.lower[i])} to {percent(bins.upper[i])} confident, {kind}\n"
        f"{percent(bins.accuracy[i])} right ({interval(bins.low[i], bins.high[i])}) of {bins.n[i]:,} faces\n"
        f"{percent(bins.confidence[i])} confident on average"
    )


def histogram(counts: Histogram, chosen: Range | None, outcome: str) -> Chart:
    """Faces per bin of confidence, those that are wrong below those that are right. A bar stands for its range and
    outcome."""
    centres, width = 100 * (counts.edges[:-1] + counts.edges[1:]) / 2, 100 * float(counts.edges[1])
    marks: list[Mark] = []
    for name, values, base, colour in (
        ("wrong", counts.wrong, np.zeros(len(centres)), WRONG),
        ("right", counts.right, counts.wrong, RIGHT),
    ):
        ends = [_rounded((float(low), float(high))) for low, high in zip(counts.edges, counts.edges[1:], strict=False)]
        hover = [
            f"{percent(low, 0)} to {percent(high, 0)} confident\n{n:,} {name}"
            for (low, high), n in zip(ends, values.tolist(), strict=True)
        ]
        select = [[*end, name] for end in ends]
        top = np.where(values > 0, base + values, np.nan)
        marks.append(
            Bars(
                centres, top, base=base, width=width, colour=colour, name=name, hover=hover, select=select, opacity=0.8
            )
        )
    picked = [[*_rounded(chosen), name] for name in ("wrong", "right") if outcome in ("", name)] if chosen else []
    return Chart(
        "Confidence by outcome",
        Axis("confidence", low=0, high=100, suffix="%"),
        Axis("faces", low=0),
        marks,
        height=260,
        chosen=picked,
        table={"low": counts.edges[:-1].tolist(), "right": counts.right.tolist(), "wrong": counts.wrong.tolist()},
    )


def coverage(
    curve: Coverage,
    threshold: float,
    ceiling: tuple[str, float] | None = None,
    others: Mapping[str, Coverage] | None = None,
) -> Chart:
    """Accuracy of the faces that are answered, against their share; the rule is dragged to a share, and says what
    threshold that is. `ceiling` is a labelled accuracy."""
    part = thinned(len(curve.coverage))
    x, y, at = 100 * curve.coverage[part], 100 * curve.accuracy[part], curve.threshold[part]
    said = [f"{a:.1f}% of the faces answered, {b:.1f}% of them right (confidence ≥ {percent(c)})"
            for a, b, c in zip(x, y, at, strict=True)]  # fmt: skip
    marks: list[Mark] = [Lines(x, y, colour=ACCENT, name="this run", hover=said, width=2.5)]
    for name, other in (others or {}).items():
        kept = thinned(len(other.coverage))
        marks.append(Lines(100 * other.coverage[kept], 100 * other.accuracy[kept], colour=MUTED, name=name))
    if ceiling:
        marks.append(Rules(100 * ceiling[1], label=ceiling[0]))
    now = 100 * curve.at(threshold)[0]
    marks.append(
        Rules(now, vertical=True, label="{}%", draggable=True, step=1, digits=0, readout=Readout(x, said), dash=False)
    )
    low = float(np.nanmin(y)) if len(y) else 0.0
    return Chart(
        f"Accuracy against coverage (AURC {curve.aurc:.3f})",
        Axis("faces answered, the surest first", low=0, high=100, suffix="%"),
        Axis(
            "accuracy of these",
            low=max(0.0, 5 * np.floor((min(low, 100 * (ceiling[1] if ceiling else 1)) - 5) / 5)),
            high=100,
            suffix="%",
        ),
        marks,
        legend=bool(others),
        table={"coverage": curve.coverage[part], "accuracy": curve.accuracy[part], "threshold": at},
    )


def per_class_curves(curves: Mapping[str, Curve], colours: Mapping[str, str], kind: str) -> Chart:
    """ROC ("roc") or precision-recall ("pr") of each class against the rest, with its area in the legend."""
    word = "AUC" if kind == "roc" else "AP"
    marks: list[Mark] = [Lines([0, 100], [0, 100], dash=True, width=1)] if kind == "roc" else []
    table: dict[str, list[object]] = {"class": [], "x": [], "y": [], "threshold": []}
    for name, curve in curves.items():
        if not np.isfinite(curve.area):
            continue
        part = thinned(len(curve.x), 160)
        x, y, at = 100 * curve.x[part], 100 * curve.y[part], curve.threshold[part]
        hover = [
            f"{name}: {_curve_words(kind, a, b)}\nprobability ≥ {min(c, 1.0):.1%}"
            for a, b, c in zip(x, y, at, strict=True)
        ]
        marks.append(Lines(x, y, colour=colours[name], name=f"{name}, {word} {curve.area:.3f}", hover=hover))
        for column, values in zip(table, ([name] * len(part), x / 100, y / 100, np.minimum(at, 1)), strict=True):
            table[column].extend(values if isinstance(values, list) else values.tolist())
    first, second = ("other faces taken for it", "its faces found") if kind == "roc" else ("recall", "precision")
    return Chart(
        "ROC per class, one against the rest" if kind == "roc" else "Precision and recall per class",
        Axis(first, low=0, high=100, suffix="%"),
        Axis(second, low=0, high=100, suffix="%"),
        marks,
        height=400,
        table=table,
    )


def _curve_words(kind: str, x: float, y: float) -> str:
    if kind == "roc":
        return f"{y:.1f}% found, {x:.1f}% of the others too"
    return f"precision {y:.1f}% at recall {x:.1f}%"


def top_k(shares: Sequence[float] | np.ndarray) -> Chart:
    """Share of faces whose class is among the k most probable ones, k from 1."""
    names = [f"top {k}" for k in range(1, len(shares) + 1)]
    text = [percent(float(share)) for share in shares]
    hover = [f"{name}: {value}" for name, value in zip(names, text, strict=True)]
    values = [100 * float(share) for share in shares]
    bars = Bars(values, names, horizontal=True, colour=ACCENT, text=text, opacity=0.62, hover=hover)
    return Chart(
        "True class among the most probable",
        Axis("share of the faces", low=0, high=100, suffix="%"),
        Axis(kind="category", names=names),
        [bars],
        height=90 + 30 * len(names),
    )


def _rounded(ends: Range) -> list[float]:
    return [round(ends[0], DIGITS), round(ends[1], DIGITS)]
