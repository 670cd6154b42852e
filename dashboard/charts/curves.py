"""Learning curves: one line per run over its epochs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.charts.spec import Axis, Chart, Lines, Mark, Points

__all__ = ["MEASURES", "Measure", "curves"]


@dataclass(frozen=True)
class Measure:
    """What a chart of curves shows: the solid line, the dotted one, and how to read them."""

    title: str
    column: str
    dotted: str = ""
    share: bool = False  # shown in percent
    goal: str = ""  # "max" or "min": the epoch that is marked

    def words(self, value: float) -> str:
        """0.7012 -> "70.1%" for shares, "0.7012" for others."""
        return f"{100 * value:.1f}%" if self.share else f"{value:.4g}"


MEASURES = {
    "accuracy": Measure("Accuracy", "val_accuracy", "train_accuracy", share=True, goal="max"),
    "macro-F1": Measure("Macro-F1 on val", "val_macro_f1", goal="max"),
    "loss": Measure("Loss", "val_loss", "train_loss", goal="min"),
    "learning rate": Measure("Learning rate", "lr"),
}


def curves(histories: Mapping[str, pd.DataFrame], measure: Measure, colours: Mapping[str, str]) -> Chart:
    """Val as a solid line per run, train (on augmented faces) dotted; a diamond marks the best epoch."""
    marks: list[Mark] = []
    for run, history in histories.items():
        if measure.dotted in history:
            marks.append(_line(run, "train", history, measure, colours[run]))
        if measure.column in history:
            marks.append(_line(run, "val" if measure.dotted else "", history, measure, colours[run]))
        marks.extend(_best(run, history, measure, colours[run]))
    axis = measure.title.split(" on ")[0]
    return Chart(
        measure.title + (": val solid, train dotted" if measure.dotted else ""),
        Axis("epoch", whole=True),
        Axis(axis[0].lower() + axis[1:], suffix="%" if measure.share else ""),
        marks,
        height=400,
    )


def _line(run: str, kind: str, history: pd.DataFrame, measure: Measure, colour: str) -> Lines:
    train = kind == "train"
    epochs = history["epoch"].to_numpy()
    values = history[measure.dotted if train else measure.column].to_numpy(float)
    title = f"{run} {kind}".strip()
    return Lines(
        epochs,
        (100 if measure.share else 1) * values,
        colour=colour,
        width=1.5 if train else 2.4,
        dash=train,
        opacity=0.8 if train else 1,
        name=run,
        hover=[f"{title}\nepoch {e:.0f}: {measure.words(v)}" for e, v in zip(epochs, values, strict=True)],
    )


def _best(run: str, history: pd.DataFrame, measure: Measure, colour: str) -> list[Mark]:
    if not measure.goal or measure.column not in history or history[measure.column].isna().all():
        return []
    values = history[measure.column].to_numpy(float)
    best = int(np.nanargmax(values) if measure.goal == "max" else np.nanargmin(values))
    epoch, value = float(history["epoch"].iloc[best]), values[best]
    hover = f"{run}: best epoch {epoch:.0f}, {measure.words(value)}"
    height = (100 if measure.share else 1) * value
    return [Points([epoch], [height], size=12, symbol="diamond", colour=colour, name=run, hover=[hover])]
