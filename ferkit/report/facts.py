"""The contents of a report, gathered from run folders: plain values, nothing drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ferkit import metrics, runs
from ferkit.errors import RunError
from ferkit.evaluate.compare import Paired, paired
from ferkit.runs import Run, Scores

__all__ = ["Facts", "Mistake", "gather"]

MOST = 8  # confusions listed
HIDDEN = ("seed",)  # settings that are not a choice


@dataclass(frozen=True, eq=False)
class Mistake:
    """A confusion that happens often."""

    true: str
    predicted: str
    faces: int
    share: float  # of the true class


@dataclass(frozen=True, eq=False)
class Facts:
    """Runs scored on the same faces, the first one being what the report is about."""

    runs: tuple[Run, ...]
    split: str
    classes: tuple[str, ...]
    scores: dict[str, Scores]  # run -> scores on the split
    matrices: dict[str, np.ndarray]  # run -> (C, C)
    recalls: dict[str, np.ndarray]  # run -> (3, C): recall and the ends of its 95% interval
    tests: dict[str, Paired]  # other run -> the first one against it
    differing: dict[str, dict[str, Any]]  # setting -> run -> value, where they differ
    confusions: list[Mistake]  # of the first run, the most frequent first
    worst: str  # class with the lowest recall of the first run
    rarest: str  # class with the fewest training faces, "" where that is not known
    surest_wrong: np.ndarray = field(default_factory=lambda: np.empty(0, int))  # rows of the first run's predictions

    @property
    def first(self) -> Run:
        return self.runs[0]

    @property
    def counts(self) -> Mapping[str, Mapping[str, int]]:
        """Faces per split and class."""
        return self.first.manifest.data.counts


def gather(compared: list[Run], split: str) -> Facts:
    """Raises RunError where a run is not scored on the split, or not on the same faces and classes as the first."""
    first = compared[0]
    predictions = {}
    for run in compared:
        results = run.results(first.dataset)
        if split not in results.scores:
            raise RunError(
                f"{run.name} has no scores on {split} of {first.dataset}. Make them: python -m ferkit evaluate "
                f"{run.name}"
            )
        predictions[run.name] = results.predictions(split)
        if run.classes != first.classes or not predictions[run.name]["id"].equals(predictions[first.name]["id"]):
            raise RunError(
                f"{run.name} was scored on other faces or classes than {first.name}. Write a report for each."
            )
    true = predictions[first.name]["label"].to_numpy()
    logits = {
        name: table[[runs.LOGIT + c for c in first.classes]].to_numpy(np.float32) for name, table in predictions.items()
    }
    matrices = {name: metrics.confusion(true, z.argmax(1), len(first.classes)) for name, z in logits.items()}
    recalls = {name: np.vstack([metrics.recall(m)[None], metrics.recall_intervals(m)]) for name, m in matrices.items()}
    probability = metrics.softmax(logits[first.name], first.temperature)
    wrong = np.flatnonzero(probability.argmax(1) != true)
    present = matrices[first.name].sum(1) > 0
    train = first.manifest.data.counts.get("train", {})
    return Facts(
        runs=tuple(compared),
        split=split,
        classes=first.classes,
        scores={run.name: run.results(first.dataset).scores[split] for run in compared},
        matrices=matrices,
        recalls=recalls,
        tests={run.name: paired(logits[run.name], logits[first.name], true) for run in compared[1:]},
        differing=_differing(compared),
        confusions=_confusions(matrices[first.name], first.classes),
        worst=first.classes[int(np.where(present, recalls[first.name][0], np.inf).argmin())],
        rarest=min(train, key=lambda name: train[name], default=""),
        surest_wrong=wrong[np.argsort(-probability[wrong].max(1))],
    )


def _differing(compared: list[Run]) -> dict[str, dict[str, Any]]:
    settings = {run.name: runs.settings(run) for run in compared}
    keys = dict.fromkeys(key for values in settings.values() for key in values)
    table = {
        key: {name: values.get(key, "–") for name, values in settings.items()} for key in keys if key not in HIDDEN
    }
    return (
        table
        if len(compared) == 1
        else {key: row for key, row in table.items() if len({str(value) for value in row.values()}) > 1}
    )


def _confusions(matrix: np.ndarray, classes: tuple[str, ...]) -> list[Mistake]:
    off = matrix * (1 - np.eye(len(classes), dtype=int))
    order = np.argsort(-off, axis=None)[:MOST]
    pairs = (np.unravel_index(place, off.shape) for place in order)
    return [
        Mistake(classes[int(i)], classes[int(j)], int(off[i, j]), float(off[i, j] / max(1, matrix[i].sum())))
        for i, j in pairs
        if off[i, j]
    ]
