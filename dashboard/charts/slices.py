"""Accuracy on parts of a split, each with its interval, beside the accuracy on all of it."""

from collections.abc import Sequence

import numpy as np

from dashboard.charts.spec import Axis, Bars, Chart, Intervals, Mark, Points, Rules
from ferkit import metrics
from ferkit.audit.slices import WeakSlice
from ferkit.colours import WRONG

__all__ = ["BINS", "bins", "by_property", "weak"]

BINS = 8
EVEN = "#4f46e5"


def weak(slices: Sequence[WeakSlice], rate: float, chosen: Sequence[int] = ()) -> Chart:
    """A point with its 95% interval per slice, the surest on top, and a line at the accuracy `rate` of all faces; the
    payload of a point is its number. Slices of few faces are hollow."""
    names = [f"{i + 1}. {one.title}" for i, one in enumerate(slices)]
    marks: list[Mark] = [
        Rules(100 * rate, vertical=True, label=f"all faces {rate:.1%}"),
        Intervals(
            names,
            [100 * one.interval[0] for one in slices],
            [100 * one.interval[1] for one in slices],
            horizontal=True,
            colour=WRONG,
        ),
    ]
    for small, symbol in ((False, "circle"), (True, "hollow")):
        part = [i for i, one in enumerate(slices) if one.small == small]
        if part:
            marks.append(
                Points(
                    [100 * slices[i].accuracy for i in part],
                    [names[i] for i in part],
                    symbol=symbol,  # type: ignore[arg-type]
                    colour=WRONG,
                    name="few faces" if small else "100 faces or more",
                    hover=[
                        f"{slices[i].title}\n{slices[i].accuracy:.1%} of {slices[i].n:,} faces right\n"
                        f"{slices[i].rest:.1%} of the others"
                        for i in part
                    ],
                    select=part,
                )
            )
    return Chart(
        "Accuracy on weak slices, with 95% intervals",
        Axis("accuracy", low=0, high=100, suffix="%"),
        Axis(kind="category", names=names),
        marks,
        height=120 + 34 * len(names),
        legend=any(one.small for one in slices),
        chosen=list(chosen),
    )


def bins(values: np.ndarray) -> list[tuple[float, float, np.ndarray]]:
    """Up to eight bins of nearly equal size of values (N,): lowest and highest value, and the members, bool (N,).

    Equal values share a bin; what is not finite is in none.
    """
    known = np.isfinite(values)
    if not known.any():
        return []
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, BINS + 1)[1:-1]))
    place = np.where(known, np.searchsorted(edges, values), -1)
    members = [place == i for i in np.unique(place[known])]
    return [(float(values[own].min()), float(values[own].max()), own) for own in members]


def by_property(name: str, meaning: str, values: np.ndarray, right: np.ndarray, chosen: int | None = None) -> Chart:
    """A bar per bin of `values` (N,) with the share of `right` faces, bool (N,), and its interval; the payload of a
    bar is its number."""
    parts = bins(values)
    n = np.array([own.sum() for _, _, own in parts])
    hits = np.array([right[own].sum() for _, _, own in parts])
    low, high = metrics.wilson(hits, n) if parts else (np.empty(0), np.empty(0))
    names = [f"{_short(a)} to {_short(b)}" for a, b, _ in parts]
    share = hits / np.maximum(n, 1)
    bars = Bars(
        names,
        100 * share,
        low=100 * low,
        high=100 * high,
        colour=EVEN,
        hover=[
            f"{name} {names[i]}\n{share[i]:.1%} of {n[i]:,} faces right ({low[i]:.0%} to {high[i]:.0%})"
            for i in range(len(parts))
        ],
        select=list(range(len(parts))),
    )
    rate = float(right.mean()) if len(right) else 0.0
    return Chart(
        f"Accuracy by {name}, with 95% intervals",
        Axis(f"{name}: {meaning}", kind="category", names=names),
        Axis("accuracy", low=0, high=100, suffix="%"),
        [bars, Rules(100 * rate, label=f"all faces {rate:.1%}")],
        height=330,
        legend=False,
        chosen=[] if chosen is None else [chosen],
        table={
            "from": [a for a, _, _ in parts],
            "to": [b for _, b, _ in parts],
            "faces": n.tolist(),
            "accuracy": share.round(4).tolist(),
            "low": np.round(low, 4).tolist(),
            "high": np.round(high, 4).tolist(),
        },
    )


def _short(value: float) -> str:
    return f"{value:.2g}".replace("-", "−") if abs(value) < 10 else f"{value:.0f}".replace("-", "−")
