"""Bar charts about a single face."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from dashboard.charts.spec import Axis, Bars, Chart
from ferkit.colours import MUTED

__all__ = ["probabilities", "votes"]

ROW = 23  # pixels of a bar
TITLE = "Probability per class"


def probabilities(
    values: np.ndarray,
    classes: tuple[str, ...],
    colours: Mapping[str, str],
    true: str = "",
    title: str = TITLE,
    chosen: Sequence[str] = (),
) -> Chart:
    """A bar per class for probabilities (C,) in [0, 1], the likeliest on top; a click on one stands for its class. The
    true class, where known, is marked, and the `chosen` ones stand out."""
    names = [classes[i] for i in np.argsort(-values, kind="stable")]
    shares = dict(zip(classes, values.tolist(), strict=True))
    bars = Bars(
        x=[100 * shares[name] for name in names],
        y=[f"{name} ◂ label" if name == true else name for name in names],
        horizontal=True,
        text=[f"{shares[name]:.0%}" for name in names],
        colour=[colours[name] for name in names],
        hover=[f"{name}: {shares[name]:.1%}" for name in names],
        select=names,
    )
    return replace(_chart(title, bars, 100), chosen=chosen)


def votes(counts: Mapping[str, int], colours: Mapping[str, str]) -> Chart:
    """How many annotators chose each class, the most frequent on top; classes without a vote are left out."""
    ranked = sorted((item for item in counts.items() if item[1]), key=lambda item: -item[1])
    bars = Bars(
        x=[n for _, n in ranked],
        y=[name for name, _ in ranked],
        horizontal=True,
        text=[str(n) for _, n in ranked],
        colour=[colours.get(name, MUTED) for name, _ in ranked],
        hover=[f"{name}: {n} annotators" for name, n in ranked],
    )
    return _chart("Annotators' votes", bars, max(counts.values(), default=1))


def _chart(title: str, bars: Bars, end: float) -> Chart:
    """Bars with their value next to them, on an axis from 0 to `end` that needs no ticks."""
    height = (34 if title else 12) + ROW * len(bars.y)
    return Chart(title, Axis(low=0, high=end, quiet=True), Axis(kind="category"), [bars], height=height)
