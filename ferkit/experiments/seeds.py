"""One training under several seeds: keep the best by val, and remember what all of them scored.

best = keep_best([open_run("compact-0"), open_run("compact-1"), open_run("compact-2")], "compact")
mean_of(best, "accuracy")  # Mean(0.701, 0.003, 3)
"""

import shutil
from typing import Any, NamedTuple

import numpy as np

from ferkit import files, runs
from ferkit.errors import RunError
from ferkit.runs import Run, Scores, SeedScores

__all__ = ["Mean", "keep_best", "mean_of"]


class Mean(NamedTuple):
    """A score over several seeds."""

    mean: float
    deviation: float  # of the sample, n - 1
    n: int


def keep_best(candidates: list[Run], name: str, *, force: bool = False) -> Run:
    """Copy the run with the best val accuracy (of equal ones, macro-F1) to `name`; its manifest keeps the scores
    of every seed under `seeds`.

    Raises RunError for fewer than two runs, a run without a score on val, runs that differ in more than their seed, or
    a name that is taken unless `force`.
    """
    _check(candidates)
    path = runs.path_of(name)
    if path.exists() and not force:
        raise RunError(f"There is a run {name!r} already. Give another --name or replace it (--force).")
    seeds = tuple(sorted((_scores(run) for run in candidates), key=lambda row: row.seed))
    best = max(candidates, key=lambda run: (_val(run).accuracy, _val(run).macro_f1))
    selection = f"{best.manifest.selection}; of {len(candidates)} seeds the best val accuracy"
    with files.atomic_folder(path) as partial:
        shutil.copytree(best.path, partial, dirs_exist_ok=True)
        runs.create(partial, best.manifest.replace(seeds=seeds, selection=selection))
    return runs.open_run(name)


def mean_of(run: Run, score: str) -> Mean | None:
    """Mean and deviation over the seeds a run was chosen from; None for a run that stands alone."""
    values = np.array([value for seed in run.manifest.seeds if (value := getattr(seed, score)) is not None])
    return Mean(float(values.mean()), float(values.std(ddof=1)), len(values)) if len(values) > 1 else None


def _check(candidates: list[Run]) -> None:
    if len(candidates) < 2:
        raise RunError(f"Seeds are compared from two runs on; got {len(candidates)}.")
    first = candidates[0]
    for run in candidates:
        if "val" not in run.results().scores:
            raise RunError(f"{run.name} has no scores on val. Make them: python -m ferkit evaluate {run.name}")
        if _but_seed(run) != _but_seed(first):
            raise RunError(
                f"{run.name} differs from {first.name} in more than its seed: model, settings or data. Compare those "
                "two instead."
            )
    if len({run.manifest.seed for run in candidates}) < len(candidates):
        raise RunError("Two of the runs have the same seed. Give one run of each.")


def _but_seed(run: Run) -> tuple[Any, ...]:
    """What seeds share; each may have started from a run of its own, or be the mean of its own runs."""
    config = {key: value for key, value in run.manifest.config.items() if key not in ("seed", "start", "members")}
    return run.manifest.model, config, run.manifest.data.fingerprint


def _val(run: Run) -> Scores:
    return run.results().scores["val"]


def _scores(run: Run) -> SeedScores:
    val = _val(run)
    return SeedScores(
        run=run.name,
        seed=run.manifest.seed,
        seconds=run.manifest.seconds,
        accuracy=val.accuracy,
        dedup_accuracy=val.dedup.accuracy if val.dedup else None,
        macro_f1=val.macro_f1,
        balanced_accuracy=val.balanced_accuracy,
        ece=val.ece,
        flip_accuracy=val.flip.accuracy if val.flip else None,
        recall={name: row.recall for name, row in val.per_class.items()},
    )
