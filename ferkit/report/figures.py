"""The figures of a report in numbers: classes, confusions, recalls, curves and reliability, as SVG text."""

import numpy as np
from matplotlib.colors import to_rgb

from ferkit import metrics, runs
from ferkit.colours import ACCENT, MUTED, RIGHT, WRONG, of_classes, of_runs
from ferkit.report.facts import Facts
from ferkit.report.style import INK, bare, subplots, svg

__all__ = ["classes", "confusion", "curves", "recalls", "reliability"]

EMPTY = "#f2f3f8"  # a cell without faces


def _colours(facts: Facts) -> dict[str, str]:
    """The colour of each run, as on every page."""
    names = runs.names()
    mine = [run.name for run in facts.runs]
    return of_runs([*names, *(name for name in mine if name not in names)], mine)


def classes(facts: Facts) -> str:
    """Faces per class and split."""
    counts = facts.counts
    figure, ((axes,),) = subplots(7, 0.6 + 0.28 * len(facts.classes))
    colours, left = of_classes(facts.classes), np.zeros(len(facts.classes))
    for split, alpha in zip(counts, (1.0, 0.55, 0.3), strict=False):
        values = np.array([counts[split].get(name, 0) for name in facts.classes])
        axes.barh(facts.classes, values, left=left, color=[colours[name] for name in facts.classes], alpha=alpha)
        left += values
    for place, total in enumerate(left):
        axes.text(total, place, f" {total:,.0f}", va="center")
    axes.invert_yaxis()
    axes.set_xlabel(f"faces: {', '.join(counts)} from dark to light")
    bare(axes)
    return svg(figure)


def confusion(facts: Facts, run: str) -> str:
    """Shares of each true class in percent: green on the diagonal, red beside it, as on every page."""
    matrix = facts.matrices[run]
    shares = matrix / np.maximum(1, matrix.sum(1, keepdims=True))
    n = len(facts.classes)
    figure, ((axes,),) = subplots(1.4 + 0.52 * n, 1.1 + 0.42 * n)
    axes.imshow(_tints(shares), aspect="auto")
    for i in range(n):
        for j in range(n):
            axes.text(
                j,
                i,
                f"{100 * shares[i, j]:.0f}",
                ha="center",
                va="center",
                color="white" if shares[i, j] > 0.55 * shares.max() else INK,
            )
    axes.set_xticks(range(n), facts.classes, rotation=35, ha="right")
    axes.set_yticks(range(n), facts.classes)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    return svg(figure)


def _tints(shares: np.ndarray) -> np.ndarray:
    """float (C, C, 3): the more of green (right) or red (wrong), the larger the share."""
    full = np.where(np.eye(len(shares), dtype=bool)[..., None], to_rgb(RIGHT), to_rgb(WRONG))
    part = (0.92 * shares / max(1e-9, shares.max()))[..., None]
    return part * full + (1 - part) * np.array(to_rgb(EMPTY))


def recalls(facts: Facts) -> str:
    """Recall per class and run, with its 95% interval."""
    n, bars, colours = len(facts.classes), len(facts.runs), _colours(facts)
    figure, ((axes,),) = subplots(7, 0.8 + n * (0.16 + 0.17 * bars))
    for k, run in enumerate(facts.runs):
        value, low, high = 100 * facts.recalls[run.name]
        places = np.arange(n) + (k - (bars - 1) / 2) * 0.8 / bars
        error = {"ecolor": INK, "elinewidth": 0.8, "capsize": 2}
        axes.barh(
            places,
            value,
            0.72 / bars,
            xerr=np.maximum(0, [value - low, high - value]),
            color=colours[run.name],
            label=run.name,
            error_kw=error,
        )
    axes.set_yticks(range(n), facts.classes)
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("recall in percent, with 95% intervals")
    bare(axes)
    if bars > 1:
        axes.legend(frameon=False, ncols=min(3, bars), loc="lower center", bbox_to_anchor=(0.5, 1))
    return svg(figure)


def curves(facts: Facts) -> str:
    """Accuracy over the epochs: val solid, train dotted. "" where no run has a history."""
    figure, ((axes,),) = subplots(7, 3)
    colours = _colours(facts)
    for run in facts.runs:
        history = run.history()
        if "val_accuracy" in history and len(history):
            axes.plot(history["epoch"], 100 * history["val_accuracy"], color=colours[run.name], label=run.name, lw=1.8)
            axes.plot(history["epoch"], 100 * history["train_accuracy"], color=colours[run.name], lw=1, ls=":")
    if not axes.lines:
        return ""
    axes.set_xlabel("epoch")
    axes.set_ylabel("accuracy in percent: val solid, train dotted")
    axes.grid(color="#e6e8f0")
    axes.legend(frameon=False)
    bare(axes)
    return svg(figure)


def reliability(facts: Facts, bins: int = 10) -> str:
    """Accuracy against calibrated confidence, for the first run."""
    run = facts.first
    results = run.results()
    probability, true = (
        metrics.softmax(results.logits(facts.split), run.temperature),
        results.predictions(facts.split)["label"].to_numpy(),
    )
    confidence, right = probability.max(1), probability.argmax(1) == true
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    counts = np.bincount(place, minlength=bins)
    share = np.bincount(place, right, bins) / np.maximum(1, counts)
    figure, ((axes,),) = subplots(4.2, 3)
    axes.bar(
        (np.arange(bins) + 0.5) * 100 / bins, 100 * share, 92 / bins, color=[ACCENT if n else "none" for n in counts]
    )
    axes.plot([0, 100], [0, 100], color=MUTED, lw=1, ls="--")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_xlabel("confidence in percent")
    axes.set_ylabel("of them right, in percent")
    bare(axes)
    return svg(figure)
