"""Scores of each class, run beside run."""

from collections.abc import Callable
from functools import partial

import numpy as np

from dashboard import controls, load, palette, parameters, view
from dashboard.charts import comparison as charts
from dashboard.components.chart import chart
from dashboard.results import ceiling
from dashboard.state import current, narrow, value
from ferkit import metrics
from ferkit.evaluate.alignment import Aligned

__all__ = ["MEASURES", "show"]

Score = Callable[[np.ndarray], np.ndarray]
MEASURES: dict[str, tuple[Score, Score]] = {  # score per class, and its intervals
    "recall": (metrics.recall, metrics.recall_intervals),
    "precision": (metrics.precision, partial(metrics.intervals, score=metrics.precision)),
    "F1": (metrics.f1, partial(metrics.intervals, score=metrics.f1)),
}


def show(aligned: Aligned) -> None:
    """Bars per class and run, with intervals; a bar chooses its class."""
    controls.show(controls.segments(parameters.MEASURE, "Metric", list(MEASURES), bare=True), key="measure")
    metric = value(parameters.MEASURE)
    (score, spread), counts = MEASURES[metric], {name: aligned.matrix(name) for name in aligned.names}
    intervals = {
        name: load.cached(("intervals", metric, name, *aligned.key), partial(spread, count))
        for name, count in counts.items()
    }
    values = {name: score(count) for name, count in counts.items()}
    spec = charts.per_class(values, intervals, aligned.classes, palette.of(list(values)), metric)
    if metric == "recall":
        spec = ceiling.with_ticks(spec, current().data, current().split, dedup=view.dedup())
    chart(spec, key="per-class", on_click=lambda name: narrow(true="" if current().true == name else name, pred=""))
