"""A hyperparameter search as parallel coordinates, by plotly: axes that can be dragged and filtered."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.search import factor, short
from dashboard.charts.style import finish

if TYPE_CHECKING:
    from ferkit.experiments.study import Trial

__all__ = ["SCALE", "parallel"]

MOST = 6  # settings: more are hard to distinguish
# From worst to best; every colour has a contrast of at least 3:1 on the light and on the dark background.
SCALE = [[0.0, "#8590a6"], [0.5, "#8a72d8"], [1.0, "#dd5a0e"]]


def parallel(trials: Sequence["Trial"], metric: str, first: Sequence[str] = ()) -> go.Figure:
    """A line per finished trial through its settings, coloured by its value; the settings in `first` are leftmost, six
    at most are drawn."""
    done = [trial for trial in trials if trial.state == "complete" and trial.value is not None]
    done.sort(key=lambda trial: trial.value or 0.0)  # the best are drawn last, on top
    names = [
        *first,
        *(name for name in dict.fromkeys(key for trial in done for key in trial.params) if name not in first),
    ]
    names = [name for name in names if all(name in trial.params for trial in done)][:MOST]
    values = [factor(metric) * (trial.value or 0.0) for trial in done]
    dimensions = [_axis(name, [trial.params[name] for trial in done]) for name in names]
    result = {"label": metric, "values": values, "tickformat": ".1f" if factor(metric) == 100 else ".3f"}
    figure = go.Figure(
        go.Parcoords(
            line={"color": values, "colorscale": SCALE, "showscale": False},
            dimensions=[*dimensions, result],
            labelangle=-14,
            labelside="bottom",
        )
    )
    finish(figure, "Settings of each finished trial", 460)
    figure.update_layout(margin={"l": 60, "r": 60, "t": 70, "b": 90})
    return figure


def _axis(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """Numbers as they are, wide ranges on a log scale, words as categories."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        low, high = min(values), max(values)
        if low > 0 and high / low > 50:
            ticks = list(range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1))
            return {
                "label": short(name),
                "values": np.log10(values),
                "range": [ticks[0], ticks[-1]],
                "tickvals": ticks,
                "ticktext": [f"{10.0**tick:g}" for tick in ticks],
            }
        return {"label": short(name), "values": list(values)}
    words = sorted({str(value) for value in values})
    return {
        "label": short(name),
        "values": [words.index(str(value)) for value in values],
        "tickvals": list(range(len(words))),
        "ticktext": words,
    }
