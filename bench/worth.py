"""What each ingredient is worth: runs with one thing switched against runs of a base, over faces and seeds."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from bench.plan import BASE, Plan, words
from ferkit.runs import LOGIT, Run

__all__ = ["Worth", "compare", "table"]

RARE = ("disgust", "fear")  # whose recall has a column, where the dataset has them


@dataclass(frozen=True)
class Worth:
    """One ingredient against the base, as means over the seeds; differences with 95% intervals."""

    name: str
    accuracy: float
    accuracy_gain: tuple[float, float, float]  # difference, low, high
    macro_f1: float
    recalls: dict[str, float]  # of the rare classes
    nll: float  # at the temperature fitted on val
    minutes: float


def compare(found: dict[str, list[Run]]) -> list[Worth]:
    """Each row's runs against the base's.

    A difference is uncertain because other faces and because other seeds would give another one. The first part is the standard error of
    the mean over faces of (share of seeds right in the row - share right in the base); the second is the seeds' standard deviation,
    pooled over all rows, times sqrt(1 / seeds + 1 / seeds of the base). Their squares are added.
    """
    right = {name: np.stack([_right(run) for run in own]) for name, own in found.items()}
    deviations = [rows.mean(1) - rows.mean() for rows in right.values() if len(rows) > 1]
    freedom = sum(len(d) - 1 for d in deviations)
    spread = math.sqrt(sum((d**2).sum() for d in deviations) / freedom) if freedom else 0.0
    wide = float(stats.t.ppf(0.975, freedom)) if freedom else float(stats.norm.ppf(0.975))

    def row(name: str, own: list[Run]) -> Worth:
        scores = [run.meta["scores"]["val"] for run in own]
        difference = right[name].mean(0) - right[BASE].mean(0)
        seeds = spread * math.sqrt(1 / len(own) + 1 / len(found[BASE]))
        error = wide * math.hypot(difference.std() / math.sqrt(len(difference)), seeds)
        gain = float(difference.mean())
        return Worth(
            name,
            float(right[name].mean()),
            (gain, gain - error, gain + error),
            float(np.mean([told["macro_f1"] for told in scores])),
            {c: float(np.mean([told["per_class"][c]["recall"] for told in scores])) for c in RARE if c in own[0].classes},
            float(np.mean([told["calibrated"]["nll"] for told in scores])),
            float(np.mean([run.meta["seconds"] for run in own])) / 60,
        )

    return [row(name, own) for name, own in found.items()]


def _right(run: Run) -> np.ndarray:
    """bool (N,) on val."""
    told = run.results().predictions("val")
    return told[[LOGIT + c for c in run.classes]].to_numpy().argmax(1) == told["label"].to_numpy()


def table(plan: Plan, found: dict[str, list[Run]]) -> str:
    """The whole of docs/ablation.md. Raises ValueError where no run of the base is there."""
    if BASE not in found:
        raise ValueError("no finished run of the base")
    rows = compare(found)
    base, others = rows[0], sorted(rows[1:], key=lambda row: -row.accuracy_gain[0])
    first = found[BASE][0]
    scored = first.meta["scores"]["val"]
    seeds = max(len(runs) for runs in found.values())
    story = (
        f"The network of `{plan.rows[BASE].recipe}` ({first.meta['parameters']:,} parameters) on {first.dataset} "
        f"(fingerprint `{scored['fingerprint']}`), {first.meta['config']['epochs']} epochs, {seeds} seeds, last epoch, one forward pass, "
        f"on the {scored['n']:,} faces of val. "
        "Each row changes one thing against the base; numbers are means over its seeds. The 95% interval of a difference holds the "
        "chance of the faces and of the seeds. **Bold**: it leaves out zero; with this many rows one of them may do so by luck."
    )
    rare = list(base.recalls)
    heads = ["ingredient", "accuracy", "difference, points", "macro-F1", *(f"{c} recall" for c in rare), "NLL", "minutes"]
    lines = ["| " + " | ".join(heads) + " |", "| --- | " + "---: | " * (len(heads) - 1)]
    lines += [_line(plan.rows[row.name].what, row) for row in (base, *others)]
    settings = "\n".join(f"- {row.what}: `{' '.join(words(row.own))}`" for row in (plan.rows[one.name] for one in (base, *others)))
    return (
        f"# What each ingredient is worth\n\nMade by `python -m bench.ablation table` from the run folders in `docs/ablation/`, "
        f"which `python -m bench.ablation train` trains.\n\n{story}\n\n" + "\n".join(lines) + f"\n\n## Settings\n\n{settings}\n"
    )


def _line(what: str, row: Worth) -> str:
    gain, low, high = (100 * value for value in row.accuracy_gain)
    told = f"{gain:+.1f} [{low:+.1f}, {high:+.1f}]" if row.name != BASE else ""
    told = f"**{told}**" if low > 0 or high < 0 else told
    recalls = [f"{value:.0%}" for value in row.recalls.values()]
    return (
        "| "
        + " | ".join([what, f"{row.accuracy:.1%}", told, f"{row.macro_f1:.3f}", *recalls, f"{row.nll:.3f}", f"{row.minutes:.1f}"])
        + " |"
    )
