"""What the layers of a network weigh."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from dashboard.charts.spec import Axis, Bars, Chart

if TYPE_CHECKING:  # torch
    from ferkit.explain.network_map import Layer

__all__ = ["shares"]

MEASURES = {"parameters": "#7f56c5", "macs": "#2f7fc1", "milliseconds": "#c9405f"}
LEAST = 0.02
TITLES = {"parameters": "parameters", "macs": "multiply-adds", "milliseconds": "time"}


def shares(layers: Sequence["Layer"], named: Mapping[str, str]) -> Chart:
    """Of each layer its share of all parameters, multiply-adds and time; `named` says what each is called. A layer with
    less than `LEAST` of everything is left out. A bar stands for the layer's own name."""
    totals = {field: max(sum(float(getattr(one, field)) for one in layers), 1e-12) for field in MEASURES}
    layers = [one for one in layers if any(getattr(one, field) >= LEAST * totals[field] for field in MEASURES)]
    names = [named[one.name].split(" (")[0] for one in layers]
    marks = []
    for field, colour in MEASURES.items():
        values = [float(getattr(one, field)) for one in layers]
        part = [100 * value / totals[field] for value in values]
        marks.append(
            Bars(
                x=names,
                y=part,
                name=TITLES[field],
                colour=colour,
                hover=[f"{name}: {share:.1f}% of the {TITLES[field]}" for name, share in zip(names, part, strict=True)],
                select=[one.name for one in layers],
            )
        )
    return Chart(
        "Where parameters, multiply-adds and time go",
        Axis(kind="category", names=names),
        Axis("share of the network", low=0, suffix="%"),
        marks,
        height=300,
    )
