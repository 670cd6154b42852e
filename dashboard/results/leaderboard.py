"""All runs on one split as a table: a row per run, plain numbers, the best of each column known."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard import load
from ferkit import metrics, runs
from ferkit.errors import FerkitError
from ferkit.runs import LOGIT, Headline, Results, Run, Scores

__all__ = ["COLUMNS", "SMALL_IS_GOOD", "best", "broken", "leaked", "marked", "table"]

SMALL_IS_GOOD = ("parameters", "macs", "ece")
LARGE_IS_GOOD = ("accuracy", "macro_f1", "balanced_accuracy", "worst_recall")
SHARES = ("accuracy", "macro_f1", "balanced_accuracy", "worst_recall", "ece")
COLUMNS = [
    "run", "accuracy", "low", "high", "macro_f1", "balanced_accuracy", "worst", "worst_recall", "parameters", "macs", "ece", "n", "seeds",
]  # fmt: skip
MARK = "background-color: rgba(47, 158, 110, 0.24)"


Recalls = Mapping[str, tuple[float, int]]  # class -> recall, faces of it


def _without_leaked(results: Results, split: str) -> tuple[float | None, Recalls]:
    """ECE and recalls without the faces that stand in train."""
    kept = load.predictions(results, split)
    kept = kept[~kept["leaked"].to_numpy(bool)]
    true, logits = kept["label"].to_numpy(), kept[[LOGIT + name for name in results.classes]].to_numpy("float32")
    matrix = metrics.confusion(true, logits.argmax(1), len(results.classes))
    values = zip(metrics.recall(matrix).tolist(), matrix.sum(1).tolist(), strict=True)
    probabilities = metrics.softmax(logits, results.temperature)
    ece = metrics.expected_calibration_error(probabilities, true) if len(true) else None
    return ece, dict(zip(results.classes, values, strict=True))


def leaked(scores: Scores) -> int:
    """How many faces of a scored split stand in train, too; 0 where that is not known."""
    return scores.n - scores.dedup.n if scores.dedup else 0


def table(found: Mapping[str, Run], data: str, split: str, *, dedup: bool) -> pd.DataFrame:
    """run, n, accuracy, low, high, macro_f1, balanced_accuracy, worst, worst_recall, ece (shares), parameters and macs
    of every run scored on that split, the most accurate first; `seeds` lists the accuracies of all seeds it was chosen
    from, on its own val."""
    rows = []
    for name, run in found.items():
        results = run.results(data)
        if split in results.scores:
            seeds = run.manifest.seeds if (data, split) == (run.dataset, "val") else ()
            accuracies = [seed.dedup_accuracy if dedup else seed.accuracy for seed in seeds]
            size = {"parameters": run.manifest.parameters, "macs": run.manifest.macs}
            rows.append({"run": name, **size, **_row(results, split, dedup), "seeds": [a for a in accuracies if a]})
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values("accuracy", ascending=False, kind="stable", ignore_index=True)


def _row(results: Results, split: str, dedup: bool) -> dict[str, Any]:
    scores = results.scores[split]
    headline: Headline = scores
    ece: float | None = scores.ece
    recalls: Recalls = {name: (row.recall, row.support) for name, row in scores.per_class.items()}
    if dedup and scores.dedup:
        headline = scores.dedup
        key = ("dedup", load.key_of(results.path / f"{split}.parquet"), results.temperature)
        ece, recalls = load.cached(key, lambda: _without_leaked(results, split))
    low, high = headline.accuracy_interval
    worst, recall = _worst(recalls)
    return {
        "n": headline.n,
        "accuracy": headline.accuracy,
        "low": low,
        "high": high,
        "macro_f1": headline.macro_f1,
        "balanced_accuracy": headline.balanced_accuracy,
        "worst": worst,
        "worst_recall": recall,
        "ece": ece,
    }


def _worst(recalls: Recalls) -> tuple[str, float]:
    """The class with the smallest recall among those that have a face."""
    present = [(recall, name) for name, (recall, support) in recalls.items() if support]
    recall, name = min(present, default=(float("nan"), "–"))
    return name, recall


def best(frame: pd.DataFrame) -> dict[str, float]:
    """The best value of each column where one can speak of best; empty with a single run."""
    if len(frame) < 2:
        return {}
    return {c: frame[c].min() for c in SMALL_IS_GOOD} | {c: frame[c].max() for c in LARGE_IS_GOOD}


def marked(frame: pd.DataFrame) -> Any:
    """As shown: shares in percent, the interval as text, the best cell of each column tinted."""
    shown = frame.assign(**{column: 100 * frame[column].astype(float) for column in SHARES})
    shown.insert(
        2,
        "interval",
        [f"{100 * low:.1f}–{100 * high:.1f}" for low, high in zip(frame["low"], frame["high"], strict=True)],
    )
    shown = shown.drop(columns=["low", "high", "seeds"])
    goal = best(shown)
    return shown.style.apply(
        lambda column: [MARK if value == goal[column.name] else "" for value in column], subset=list(goal)
    )


def broken() -> dict[str, str]:
    """Run folders that cannot be read, and why."""
    told = {}
    readable = load.all_runs()
    for name in runs.names():
        if name not in readable:
            try:
                runs.open_run(name)
            except FerkitError as error:
                told[name] = str(error)
    return told
