"""What each ingredient is worth: runs with one thing switched against runs of a base, over faces and seeds."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import stats

from ferkit.experiments.plan import BASE, Plan, words
from ferkit.runs import LOGIT, Run

__all__ = ["Worth", "accuracy_parts", "compare", "macro_f1_parts", "table"]

RARE = ("disgust", "fear")  # whose recall has a column, where the dataset has them


Gain = tuple[float, float, float]  # difference, low, high


@dataclass(frozen=True)
class Worth:
    """One ingredient against the base, as means over the seeds; differences with 95% intervals."""

    name: str
    seeds: int
    accuracy: float
    accuracy_gain: Gain
    macro_f1: float
    macro_f1_gain: Gain
    recalls: dict[str, float]  # of the rare classes
    nll: float  # at the temperature fitted on val


def compare(trained: dict[str, list[Run]]) -> list[Worth]:
    """Each row's runs against the base's."""
    accuracy, macro_f1 = _gains(trained, accuracy_parts), _gains(trained, macro_f1_parts)

    def row(name: str, runs: list[Run]) -> Worth:
        scores = [run.manifest.scores["val"] for run in runs]
        return Worth(
            name,
            len(runs),
            *accuracy[name],
            *macro_f1[name],
            {
                c: float(np.mean([values.per_class[c].recall for values in scores]))
                for c in RARE
                if c in runs[0].classes
            },
            float(np.mean([values.nll for values in scores])),
        )

    return [row(name, runs) for name, runs in trained.items()]


def _gains(
    trained: dict[str, list[Run]], parts_of: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> dict[str, tuple[float, Gain]]:
    """Each row's mean score over its seeds and the gain over the base's.

    A gain is uncertain because other faces and because other seeds would give another one. The first part is the
    standard error of the mean over faces of (the row's parts - the base's parts), each a mean over seeds; the second is
    the seeds' standard deviation, pooled over all rows, times sqrt(1 / seeds + 1 / seeds of the base). Their squares
    are added.
    """
    parts = {name: np.stack([parts_of(*_predictions(run)) for run in runs]) for name, runs in trained.items()}
    deviations = [rows.mean(1) - rows.mean() for rows in parts.values() if len(rows) > 1]
    freedom = sum(len(d) - 1 for d in deviations)
    spread = math.sqrt(sum((d**2).sum() for d in deviations) / freedom) if freedom else 0.0
    wide = float(stats.t.ppf(0.975, freedom)) if freedom else float(stats.norm.ppf(0.975))

    def gain(values: np.ndarray) -> Gain:
        difference = values.mean(0) - parts[BASE].mean(0)
        seeds = spread * math.sqrt(1 / len(values) + 1 / len(parts[BASE]))
        error = wide * math.hypot(difference.std() / math.sqrt(len(difference)), seeds)
        mean = float(difference.mean())
        return mean, mean - error, mean + error

    return {name: (float(values.mean()), gain(values)) for name, values in parts.items()}


def accuracy_parts(label: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """float (N,) whose mean is the accuracy: 1 where a face is right. Labels and predictions are indices (N,)."""
    return (label == predicted).astype(float)


def macro_f1_parts(label: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """float (N,) whose mean is the macro-F1 and whose standard error is that of the macro-F1, to first order (the delta
    method).

    F1 of a class is 2 hits / (faces of it + faces called it); a face moves it by (2 hit - F1 (of it + called it)) /
    that sum.
    """
    classes = np.union1d(label, predicted)
    of_it, called_it = label[:, None] == classes, predicted[:, None] == classes  # (N, C)
    hit, both = of_it & called_it, of_it.astype(float) + called_it
    f1 = 2 * hit.sum(0) / both.sum(0)
    parts: np.ndarray = f1.mean() + len(label) * ((2 * hit - f1 * both) / both.sum(0)).mean(1)
    return parts


def _predictions(run: Run) -> tuple[np.ndarray, np.ndarray]:
    """Labels and predictions (N,) on val."""
    table = run.results().predictions("val")
    return table["label"].to_numpy(), table[[LOGIT + c for c in run.classes]].to_numpy().argmax(1)


def table(plan: Plan, trained: dict[str, list[Run]]) -> str:
    """The whole of docs/ablation.md. Raises ValueError where no run of the base is there."""
    if BASE not in trained:
        raise ValueError("no finished run of the base")
    rows = compare(trained)
    base, others = rows[0], sorted(rows[1:], key=lambda row: -row.accuracy_gain[0])
    first = trained[BASE][0]
    scored = first.manifest.scores["val"]
    seeds = max(len(runs) for runs in trained.values())
    intro = (
        f"The network of `{plan.rows[BASE].recipe}` ({first.manifest.parameters:,} parameters) on {first.dataset} "
        f"(fingerprint `{scored.fingerprint}`), {first.manifest.config['epochs']} epochs, {seeds} "
        f"seed{'s' * (seeds > 1)}, "
        f"last epoch, one forward pass, on the {scored.n:,} faces of val. "
        "Each row changes one thing against the base; numbers are means over its seeds. The 95% interval of a "
        "difference holds the "
        "chance of the faces and of the seeds. **Bold**: it leaves out zero; with this many rows one of them may do "
        "so by luck."
    )
    gain, recalls = "difference, points", [f"{c} recall" for c in base.recalls]
    heads = ["ingredient", "seeds", "accuracy", gain, "macro-F1", gain, *recalls, "NLL"]
    lines = ["| " + " | ".join(heads) + " |", "| --- |" + " ---: |" * (len(heads) - 1)]
    lines += [_line(plan.rows[row.name].what, row) for row in (base, *others)]
    settings = "\n".join(
        f"- {row.what}: `{' '.join(words(row.changes))}`"
        for row in (plan.rows[worth.name] for worth in (base, *others))
    )
    which = f" --plan {plan.name}" if plan.name != "ablation" else ""
    return (
        f"# What each ingredient is worth\n\nMade by `python -m ferkit.experiments.ablation table{which}` from the run "
        f"folders in `checkpoints/{plan.name}/`, "
        f"which `python -m ferkit.experiments.ablation train{which}` trains.\n\n{intro}\n\n"
        + "\n".join(lines)
        + f"\n\n## Settings\n\n{settings}\n"
    )


def _line(what: str, row: Worth) -> str:
    def text(gain: Gain) -> str:
        mean, low, high = (100 * value for value in gain)
        text = f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]" if row.name != BASE else ""
        return f"**{text}**" if low > 0 or high < 0 else text

    scores = [f"{row.accuracy:.1%}", text(row.accuracy_gain), f"{row.macro_f1:.3f}", text(row.macro_f1_gain)]
    rest = [*(f"{value:.0%}" for value in row.recalls.values()), f"{row.nll:.3f}"]
    return "| " + " | ".join([what, str(row.seeds), *scores, *rest]) + " |"
