"""All runs on one split as a table: a row per run, plain numbers, and the best of each column among held-out scores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import load
from dashboard.components.table import Mark
from dashboard.words import interval
from ferkit import metrics, runs
from ferkit.errors import FerkitError
from ferkit.runs import LOGIT, Headline, Results, Run
from ferkit.runs.robustness import corrupted_accuracy

__all__ = [
    "COLUMNS", "HELD_OUT", "IN_SAMPLE", "OUT_OF_FOLD", "Leaderboard", "best", "evaluation", "marks", "shown", "table",
    "unreadable",
]  # fmt: skip

HELD_OUT, OUT_OF_FOLD, IN_SAMPLE = "held-out", "out-of-fold", "in-sample"
SMALL_IS_GOOD = ("parameters", "macs", "ece")
LARGE_IS_GOOD = ("accuracy", "macro_f1", "balanced_accuracy", "worst_recall", "corrupted")
COLUMNS = [
    "run", "evaluation", "accuracy", "low", "high", "macro_f1", "balanced_accuracy", "worst", "worst_recall",
    "corrupted", "parameters", "macs", "ece", "ece_uncalibrated", "n", "seeds",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Leaderboard:
    """The runs scored on one split of one dataset."""

    frame: pd.DataFrame  # `COLUMNS`, a row per run
    left_out: dict[str, str]  # run -> why its results cannot be read

    @property
    def ranked(self) -> pd.DataFrame:
        """The rows that can be ranked: runs that were not trained on the faces they are scored on."""
        return self.frame[self.frame["evaluation"] != IN_SAMPLE]


def table(opened: Mapping[str, Run], data: str, split: str, *, dedup: bool) -> Leaderboard:
    """A row for every run scored on that split; ranked ones first, each part by accuracy.

    Scores are shares; `low` and `high` are the 95% interval of the accuracy; `ece` is of calibrated probabilities;
    `corrupted` is the accuracy on corrupted faces, missing where it is not known; `seeds` lists the accuracies of all
    seeds the run was chosen from, on its own val.
    """
    rows, left_out = [], {}
    for name, run in opened.items():
        try:
            results = run.results(data)
            if split in results.scores:
                rows.append(_row(run, results, data, split, dedup=dedup))
        except FerkitError as error:
            left_out[name] = str(error)
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = frame.assign(last=frame["evaluation"] == IN_SAMPLE).sort_values(
        ["last", "accuracy"], ascending=[True, False], kind="stable", ignore_index=True
    )
    return Leaderboard(order[COLUMNS], left_out)


def evaluation(run: Run, data: str, split: str) -> str:
    """How the scores on a split relate to the run's training: "held-out", "out-of-fold" (cross-validated) or
    "in-sample"."""
    if data != run.dataset or split not in ("train", "all"):
        return HELD_OUT
    return OUT_OF_FOLD if run.manifest.crossval and split == "train" else IN_SAMPLE


@dataclass(frozen=True)
class _Rest:
    """What is not part of a headline."""

    ece: float | None
    ece_uncalibrated: float | None
    recalls: Mapping[str, tuple[float, int]]  # class -> recall, faces


def _row(run: Run, results: Results, data: str, split: str, *, dedup: bool) -> dict[str, Any]:
    scores = results.scores[split]
    headline: Headline = scores
    recalls = {name: (row.recall, row.support) for name, row in scores.per_class.items()}
    rest = _Rest(scores.ece, scores.ece_uncalibrated, recalls)
    if dedup and scores.dedup:
        headline = scores.dedup
        key = ("dedup", load.key_of(results.path / f"{split}.parquet"), results.temperature)
        rest = load.cached(key, lambda: _without_leaked(results, split))
    worst, recall = _worst(rest.recalls)
    seeds = run.manifest.comparable_seeds if (data, split) == (run.dataset, "val") else ()
    accuracies = [seed.dedup_accuracy if dedup else seed.accuracy for seed in seeds]
    return {
        "run": run.name,
        "evaluation": evaluation(run, data, split),
        "accuracy": headline.accuracy,
        "low": headline.accuracy_interval[0],
        "high": headline.accuracy_interval[1],
        "macro_f1": headline.macro_f1,
        "balanced_accuracy": headline.balanced_accuracy,
        "worst": worst,
        "worst_recall": recall,
        "corrupted": None if dedup else _corrupted(results, split),
        "parameters": run.manifest.parameters,
        "macs": run.manifest.macs,
        "ece": rest.ece,
        "ece_uncalibrated": rest.ece_uncalibrated,
        "n": headline.n,
        "seeds": [accuracy for accuracy in accuracies if accuracy is not None],
    }


def _corrupted(results: Results, split: str) -> float | None:
    """Accuracy on corrupted faces; None where none is stored; a broken file is reported on Slices."""
    if not results.has(split, "-robustness.parquet"):
        return None
    try:
        key = ("corrupted accuracy", load.key_of(results.path / f"{split}-robustness.parquet"))
        accuracy: float | None = load.cached(key, lambda: corrupted_accuracy(results.robustness(split)))
    except FerkitError:
        return None
    return accuracy


def _without_leaked(results: Results, split: str) -> _Rest:
    """Calibration and recalls without the faces that are also in the training data; None where no face is left."""
    kept = load.predictions(results, split)
    kept = kept[~kept["leaked"].to_numpy(bool)]
    true, logits = kept["label"].to_numpy(), kept[[LOGIT + name for name in results.classes]].to_numpy("float32")
    matrix = metrics.confusion(true, logits.argmax(1), len(results.classes))
    recalls = zip(metrics.recall(matrix).tolist(), matrix.sum(1).tolist(), strict=True)
    calibrated, raw = (
        metrics.expected_calibration_error(metrics.softmax(logits, temperature), true) if len(true) else None
        for temperature in (results.temperature, metrics.UNCALIBRATED)
    )
    return _Rest(calibrated, raw, dict(zip(results.classes, recalls, strict=True)))


def _worst(recalls: Mapping[str, tuple[float, int]]) -> tuple[str, float]:
    """The class with the smallest recall among those that have a face."""
    present = [(recall, name) for name, (recall, support) in recalls.items() if support]
    recall, name = min(present, default=(float("nan"), "–"))
    return name, recall


def best(ranked: pd.DataFrame) -> dict[str, float]:
    """The best value of each column of the ranked rows; empty with fewer than two."""
    if len(ranked) < 2:
        return {}
    return {c: ranked[c].min() for c in SMALL_IS_GOOD} | {c: ranked[c].max() for c in LARGE_IS_GOOD}


def shown(board: Leaderboard) -> pd.DataFrame:
    """The columns that are shown, with the interval as text; how a score was made only where that differs from run to
    run or is not held-out, accuracy on corrupted faces where one is known, the number of faces where it differs."""
    frame = board.frame
    text = [interval(low, high) for low, high in zip(frame["low"], frame["high"], strict=True)]
    hidden = ["low", "high", "seeds"] + ([] if (frame["evaluation"] != HELD_OUT).any() else ["evaluation"])
    hidden += ["corrupted"] if frame["corrupted"].isna().all() else []
    hidden += ["n"] if frame["n"].nunique() == 1 else []
    return frame.assign(interval=text).drop(columns=hidden)


def marks(board: Leaderboard) -> dict[tuple[int, str], Mark]:
    """The best cell of each column among the ranked rows."""
    ranked = board.ranked
    return {(int(i), c): "best" for c, value in best(ranked).items() for i in ranked.index[ranked[c] == value]}


def unreadable() -> dict[str, str]:
    """Run folders that cannot be opened, and why."""
    reasons = {}
    readable = load.all_runs()
    for name in runs.names():
        if name not in readable:
            try:
                runs.open_run(name)
            except FerkitError as error:
                reasons[name] = str(error)
    return reasons
