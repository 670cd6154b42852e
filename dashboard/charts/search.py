"""A hyperparameter search: optimisation history, importances, learning curves, parallel coordinates."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit.colours import ACCENT, MUTED

if TYPE_CHECKING:
    from ferkit.experiments.study import Trial

__all__ = ["SCALE", "curves", "history", "importances", "parallel"]

MOST = 6  # settings in the parallel coordinates: more are hard to distinguish
# From worst to best; every colour has a contrast of at least 3:1 on the light and on the dark background.
SCALE = [[0.0, "#8590a6"], [0.5, "#8a72d8"], [1.0, "#dd5a0e"]]


def history(trials: Sequence["Trial"], metric: str) -> go.Figure:
    """A point per trial, pruned ones as crosses at the last value they reached, and the best so far as a line."""
    done = [trial for trial in trials if trial.state == "complete" and trial.value is not None]
    pruned = [trial for trial in trials if trial.state == "pruned" and trial.curve]
    last = [trial.curve[max(trial.curve)] for trial in pruned]
    values = [trial.value or 0.0 for trial in done]
    figure = go.Figure()
    figure.add_trace(_points("pruned", pruned, last, "x-thin", MUTED, metric))
    figure.add_trace(_points("finished", done, values, "circle", ACCENT, metric))
    figure.add_trace(
        go.Scatter(
            x=[trial.number for trial in done],
            y=_factor(metric) * np.maximum.accumulate(values),
            mode="lines",
            line={"color": ACCENT, "width": 2, "shape": "hv"},
            name="best so far",
            hoverinfo="skip",
        )
    )
    figure.update_yaxes(ticksuffix=_unit(metric))
    return finish(figure, "Optimisation history", 380, x="trial", y=metric, legend=True)


def _factor(metric: str) -> float:
    """Accuracy is shown in percent, F1 as a number from 0 to 1."""
    return 100 if "accuracy" in metric else 1


def _unit(metric: str) -> str:
    return "%" if "accuracy" in metric else ""


def _format(metric: str) -> str:
    return ":.1f}%" if "accuracy" in metric else ":.3f}"


def _points(
    name: str, trials: Sequence["Trial"], values: Sequence[float], symbol: str, colour: str, metric: str
) -> go.Scatter:
    text = [
        f"trial {trial.number}, {trial.state} after {max(trial.curve, default=0)} epochs<br>{_settings(trial.params)}"
        for trial in trials
    ]
    return go.Scatter(
        x=[trial.number for trial in trials],
        y=[_factor(metric) * value for value in values],
        mode="markers",
        name=name,
        text=text,
        marker={
            "symbol": symbol,
            "size": 9,
            "color": colour,
            "line": {"width": 2 if symbol == "x-thin" else 0, "color": colour},
        },
        hovertemplate="%{text}<br>%{y" + _format(metric) + "<extra></extra>",
    )


def _settings(params: Mapping[str, Any]) -> str:
    return "<br>".join(
        f"{key} = {value:.3g}" if isinstance(value, float) else f"{key} = {value}" for key, value in params.items()
    )


def importances(shares: Mapping[str, float]) -> go.Figure:
    """A bar per setting for its share in [0, 1] of the variance among good trials, the most important on top."""
    names = list(shares)[::-1]
    figure = go.Figure(
        go.Bar(
            x=[100 * shares[name] for name in names],
            y=[_short(name) for name in names],
            orientation="h",
            marker={"color": ACCENT},
            hovertemplate="%{y}: %{x:.0f}%<extra></extra>",
        )
    )
    figure.update_xaxes(ticksuffix="%")
    title = "Hyperparameter importance"
    return finish(figure, title, 110 + 26 * len(names), x="share of the variance among good trials")


def curves(trials: Sequence["Trial"], metric: str) -> go.Figure:
    """The learning curve of every trial: gray where it was pruned, the best one thick."""
    figure = go.Figure()
    finished = (trial for trial in trials if trial.state == "complete")
    best = max(finished, key=lambda trial: trial.value or 0.0, default=None)
    for trial in sorted(trials, key=lambda trial: trial is best):
        if trial.curve:
            figure.add_trace(_curve(trial, trial is best, metric))
    figure.update_yaxes(ticksuffix=_unit(metric))
    return finish(figure, "Learning curves", 380, x="epoch", y=metric)


def _curve(trial: "Trial", best: bool, metric: str) -> go.Scatter:
    colour = ACCENT if trial.state == "complete" else MUTED
    hover = f"trial {trial.number}, {trial.state}<br>epoch %{{x}}: %{{y"
    return go.Scatter(
        x=list(trial.curve),
        y=[_factor(metric) * value for value in trial.curve.values()],
        name=f"trial {trial.number}",
        mode="lines" if len(trial.curve) > 1 else "markers",
        line={"color": colour, "width": 3 if best else 1.2},
        opacity=1 if best else 0.55,
        hovertemplate=hover + _format(metric) + "<extra></extra>",
    )


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
    values = [_factor(metric) * (trial.value or 0.0) for trial in done]
    dimensions = [_axis(name, [trial.params[name] for trial in done]) for name in names]
    result = {"label": metric, "values": values, "tickformat": ".1f" if _unit(metric) else ".3f"}
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


def _short(name: str) -> str:
    """model_args.spatial_dropout -> "spatial dropout"."""
    return name.rpartition(".")[2].replace("_", " ")


def _axis(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """Numbers as they are, wide ranges on a log scale, words as categories."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        low, high = min(values), max(values)
        if low > 0 and high / low > 50:
            ticks = list(range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1))
            return {
                "label": _short(name),
                "values": np.log10(values),
                "range": [ticks[0], ticks[-1]],
                "tickvals": ticks,
                "ticktext": [f"{10.0**tick:g}" for tick in ticks],
            }
        return {"label": _short(name), "values": list(values)}
    words = sorted({str(value) for value in values})
    return {
        "label": _short(name),
        "values": [words.index(str(value)) for value in values],
        "tickvals": list(range(len(words))),
        "ticktext": words,
    }
