"""A search for better settings: how it went, which settings matter, what good trials have in common."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.style import finish
from ferkit.colours import ACCENT, MUTED

if TYPE_CHECKING:
    from ferkit.experiments.study import Trial

__all__ = ["curves", "history", "importances", "parallel"]

WIDEST = 6  # settings in the parallel coordinates: more cannot be told apart


def history(trials: Sequence["Trial"], metric: str) -> go.Figure:
    """A point per trial, pruned ones as crosses at the value they had reached, and the best so far as a line."""
    done = [one for one in trials if one.state == "complete" and one.value is not None]
    pruned = [one for one in trials if one.state == "pruned" and one.curve]
    figure = go.Figure()
    figure.add_trace(_points("pruned", pruned, [one.curve[max(one.curve)] for one in pruned], "x-thin", MUTED))
    figure.add_trace(_points("finished", done, [one.value or 0.0 for one in done], "circle", ACCENT))
    best = np.maximum.accumulate([one.value or 0.0 for one in done])
    line = {"color": ACCENT, "width": 2, "shape": "hv"}
    figure.add_trace(
        go.Scatter(
            x=[one.number for one in done], y=100 * best, mode="lines", line=line, name="best so far", hoverinfo="skip"
        )
    )
    figure.update_yaxes(ticksuffix="%")
    return finish(figure, f"{metric[0].upper()}{metric[1:]} of each trial", 380, x="trial", y=metric, legend=True)


def _points(name: str, trials: Sequence["Trial"], values: Sequence[float], symbol: str, colour: str) -> go.Scatter:
    told = [
        f"trial {one.number}, {one.state} after {max(one.curve, default=0)} epochs<br>{_settings(one.params)}"
        for one in trials
    ]
    return go.Scatter(
        x=[one.number for one in trials], y=[100 * value for value in values], mode="markers", name=name, text=told,
        marker={"symbol": symbol, "size": 9, "color": colour, "line": {"width": 2 if symbol == "x-thin" else 0, "color": colour}},
        hovertemplate="%{text}<br>%{y:.1f}%<extra></extra>",
    )  # fmt: skip


def _settings(params: Mapping[str, Any]) -> str:
    return "<br>".join(
        f"{key} = {value:.3g}" if isinstance(value, float) else f"{key} = {value}" for key, value in params.items()
    )


def importances(found: Mapping[str, float]) -> go.Figure:
    """A bar per setting, the most important on top."""
    names = list(found)[::-1]
    figure = go.Figure(
        go.Bar(
            x=[100 * found[name] for name in names], y=[_short(name) for name in names], orientation="h", marker={"color": ACCENT},
            hovertemplate="%{y}: %{x:.0f}%<extra></extra>",
        )
    )  # fmt: skip
    figure.update_xaxes(ticksuffix="%")
    return finish(figure, "Which settings matter", 110 + 26 * len(names), x="share of the difference")


def curves(trials: Sequence["Trial"], metric: str) -> go.Figure:
    """The learning curve of every trial: gray where it was pruned, the best one thick."""
    figure = go.Figure()
    best = max((one for one in trials if one.state == "complete"), key=lambda one: one.value or 0.0, default=None)
    for one in sorted(trials, key=lambda one: one is best):
        if one.curve:
            colour = ACCENT if one.state == "complete" else MUTED
            figure.add_trace(
                go.Scatter(
                    x=list(one.curve), y=[100 * value for value in one.curve.values()], name=f"trial {one.number}",
                    mode="lines" if len(one.curve) > 1 else "markers",
                    line={"color": colour, "width": 3 if one is best else 1.2}, opacity=1 if one is best else 0.55,
                    hovertemplate=f"trial {one.number}, {one.state}<br>epoch %{{x}}: %{{y:.1f}}%<extra></extra>",
                )
            )  # fmt: skip
    figure.update_yaxes(ticksuffix="%")
    return finish(figure, "Learning curves", 380, x="epoch", y=metric)


def parallel(trials: Sequence["Trial"], metric: str, first: Sequence[str] = ()) -> go.Figure:
    """A line per finished trial through its settings, in the colour of its value; `first` stand leftmost, six at most
    are drawn."""
    done = [one for one in trials if one.state == "complete" and one.value is not None]
    names = [*first, *(name for name in dict.fromkeys(key for one in done for key in one.params) if name not in first)]
    names = [name for name in names if all(name in one.params for one in done)][:WIDEST]
    values = [100 * (one.value or 0.0) for one in done]
    dimensions = [_axis(name, [one.params[name] for one in done]) for name in names]
    figure = go.Figure(
        go.Parcoords(
            line={"color": values, "colorscale": "Viridis", "showscale": False},
            dimensions=[*dimensions, {"label": metric, "values": values, "tickformat": ".1f"}], labelangle=-14, labelside="bottom",
        )
    )  # fmt: skip
    finish(figure, "What good trials have in common", 460)
    figure.update_layout(margin={"l": 60, "r": 60, "t": 70, "b": 90})
    return figure


def _short(name: str) -> str:
    """model_args.spatial_dropout -> "spatial dropout"."""
    return name.rpartition(".")[2].replace("_", " ")


def _axis(name: str, values: Sequence[Any]) -> dict[str, Any]:
    """Numbers as they are, wide ranges by their logarithm, words one above the other."""
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
