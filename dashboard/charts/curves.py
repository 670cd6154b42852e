"""Learning curves: one line per run over its epochs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.charts.style import finish

__all__ = ["MEASURES", "Measure", "curves"]


@dataclass(frozen=True)
class Measure:
    """What a chart of curves shows: the solid line, the dotted one, and how to read them."""

    title: str
    column: str
    dotted: str = ""
    share: bool = False  # shown in percent
    goal: str = ""  # "max" or "min": the epoch that is marked


MEASURES = {
    "accuracy": Measure("Accuracy", "val_accuracy", "train_accuracy", share=True, goal="max"),
    "macro-F1": Measure("Macro-F1 on val", "val_macro_f1", goal="max"),
    "loss": Measure("Loss", "val_loss", "train_loss", goal="min"),
    "learning rate": Measure("Learning rate", "lr"),
}


def curves(histories: Mapping[str, pd.DataFrame], measure: Measure, colours: Mapping[str, str]) -> go.Figure:
    """Val as a solid line per run, train (on augmented faces) dotted; a diamond marks the best epoch."""
    figure = go.Figure()
    factor, unit = (100, "%") if measure.share else (1, "")
    for run, history in histories.items():
        if measure.dotted in history:
            figure.add_trace(_line(run, "train", history, factor * history[measure.dotted], colours[run], unit))
        if measure.column in history:
            kind = "val" if measure.dotted else ""
            figure.add_trace(_line(run, kind, history, factor * history[measure.column], colours[run], unit))
        _mark(figure, run, history, measure, colours[run], factor)
    title = measure.title + (": val solid, train dotted" if measure.dotted else "")
    figure.update_yaxes(ticksuffix=unit)
    axis = measure.title.split(" on ")[0]
    return finish(figure, title, 420, x="epoch", y=axis[0].lower() + axis[1:], legend=True)


def _line(run: str, kind: str, history: pd.DataFrame, values: pd.Series, colour: str, unit: str) -> go.Scatter:
    train = kind == "train"
    return go.Scatter(
        x=history["epoch"],
        y=values,
        mode="lines+markers" if len(history) == 1 else "lines",
        line={"color": colour, "width": 1.4 if train else 2.4, "dash": "dot" if train else "solid"},
        name=run,
        legendgroup=run,
        showlegend=not train,
        opacity=0.75 if train else 1,
        hovertemplate=f"{run} {kind}<br>epoch %{{x}}: %{{y:.4~g}}{unit}<extra></extra>",
    )


def _mark(figure: go.Figure, run: str, history: pd.DataFrame, measure: Measure, colour: str, factor: int) -> None:
    if not measure.goal or measure.column not in history or history[measure.column].isna().all():
        return
    values = history[measure.column].to_numpy(float)
    best = history.iloc[int(np.nanargmax(values) if measure.goal == "max" else np.nanargmin(values))]
    figure.add_trace(
        go.Scatter(
            x=[best["epoch"]],
            y=[factor * best[measure.column]],
            mode="markers",
            marker={"size": 10, "color": colour, "symbol": "diamond"},
            legendgroup=run,
            showlegend=False,
            hovertemplate=f"{run}: best epoch %{{x}}, %{{y:.4~g}}<extra></extra>",
        )
    )
