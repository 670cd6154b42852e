"""A hyperparameter search: optimisation history, importances, learning curves."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dashboard.charts.spec import Axis, Bars, Chart, Lines, Mark, Points
from ferkit.colours import ACCENT, MUTED

if TYPE_CHECKING:
    from ferkit.experiments.study import Trial

__all__ = ["curves", "factor", "history", "importances", "short"]


def history(trials: Sequence["Trial"], metric: str) -> Chart:
    """A point per trial, pruned ones as crosses at the last value they reached, and the best so far as a line."""
    done = [trial for trial in trials if trial.state == "complete" and trial.value is not None]
    pruned = [trial for trial in trials if trial.state == "pruned" and trial.curve]
    values = [trial.value or 0.0 for trial in done]
    best = Lines(
        [trial.number for trial in done],
        factor(metric) * np.maximum.accumulate(values) if values else [],
        step=True,
        colour=ACCENT,
        name="best so far",
    )
    marks: list[Mark] = [
        _points("pruned", pruned, [trial.curve[max(trial.curve)] for trial in pruned], metric),
        _points("finished", done, values, metric),
        best,
    ]
    return Chart("Optimisation history", Axis("trial"), Axis(metric, suffix=_unit(metric)), marks, height=360)


def factor(metric: str) -> float:
    """Accuracy is shown in percent, F1 as a number from 0 to 1."""
    return 100 if "accuracy" in metric else 1


def short(name: str) -> str:
    """model_args.spatial_dropout -> "spatial dropout"."""
    return name.rpartition(".")[2].replace("_", " ")


def _unit(metric: str) -> str:
    return "%" if "accuracy" in metric else ""


def _words(metric: str, value: float) -> str:
    return f"{100 * value:.1f}%" if "accuracy" in metric else f"{value:.3f}"


def _points(name: str, trials: Sequence["Trial"], values: Sequence[float], metric: str) -> Points:
    pruned = name == "pruned"
    hover = [
        f"trial {trial.number}, {trial.state} after {max(trial.curve, default=0)} epochs: {_words(metric, value)}\n"
        + _settings(trial.params)
        for trial, value in zip(trials, values, strict=True)
    ]
    return Points(
        [trial.number for trial in trials],
        [factor(metric) * value for value in values],
        symbol="cross" if pruned else "circle",
        size=9,
        colour=MUTED if pruned else ACCENT,
        name=name,
        hover=hover,
    )


def _settings(params: Mapping[str, Any]) -> str:
    return "\n".join(
        f"{key} = {value:.3g}" if isinstance(value, float) else f"{key} = {value}" for key, value in params.items()
    )


def importances(shares: Mapping[str, float]) -> Chart:
    """A bar per setting for its share in [0, 1] of the variance among good trials, the most important on top."""
    bars = Bars(
        [100 * share for share in shares.values()],
        [short(name) for name in shares],
        horizontal=True,
        colour=ACCENT,
        text=[f"{share:.0%}" for share in shares.values()],
        hover=[f"{short(name)}: {share:.0%}" for name, share in shares.items()],
    )
    axis = Axis("share of the variance among good trials", low=0, suffix="%")
    return Chart("Hyperparameter importance", axis, Axis(kind="category"), [bars], height=90 + 24 * len(shares))


def curves(trials: Sequence["Trial"], metric: str) -> Chart:
    """The learning curve of every trial: gray where it was pruned, the best one thick."""
    finished = (trial for trial in trials if trial.state == "complete")
    best = max(finished, key=lambda trial: trial.value or 0.0, default=None)
    drawn = sorted((trial for trial in trials if trial.curve), key=lambda trial: trial is best)
    marks = [_curve(trial, trial is best, metric) for trial in drawn]
    axis = Axis(metric, suffix=_unit(metric))
    return Chart("Learning curves", Axis("epoch"), axis, marks, height=360, legend=False)


def _curve(trial: "Trial", best: bool, metric: str) -> Lines:
    title = f"trial {trial.number}, {trial.state}"
    return Lines(
        list(trial.curve),
        [factor(metric) * value for value in trial.curve.values()],
        name=f"trial {trial.number}",
        colour=ACCENT if trial.state == "complete" else MUTED,
        width=3 if best else 1.3,
        opacity=1 if best else 0.6,
        hover=[f"{title}\nepoch {epoch}: {_words(metric, value)}" for epoch, value in trial.curve.items()],
    )
