"""Robustness of a run to what cameras do to faces: its scores on one split, corrupted in one way after the other.

    $ python -m ferkit robustness compact --split val

Stored beside the other results, as `<split>-robustness.parquet` (a row per kind and strength) and
`<split>-corrupted.parquet` (what each face is predicted as), so that a page leads from a score to its faces.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.evaluate.corruption import CLEAN, Corruption
from ferkit.evaluate.parts import labelled, set_aside
from ferkit.evaluate.storing import write_parquet
from ferkit.evaluate.strengths import KINDS, STRENGTHS, Kind
from ferkit.predict.classifier import Classifier
from ferkit.runs import Run, open_folder
from ferkit.runs.locks import locked
from ferkit.runs.pending import together
from ferkit.runs.robustness import RECALL, column

__all__ = ["robustness"]

Progress = Callable[[str, int, int], None]  # corruption, done, in all
AT_ONCE = 1024  # faces that are corrupted together; the numbers do not depend on it


@dataclass(frozen=True, eq=False)
class _Score:
    """What a run scores on one split, corrupted in one way."""

    corruption: str
    n: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    recall: tuple[float, ...]  # per class of the run
    predicted: np.ndarray  # uint8 or uint16 (n,): class of each face


def robustness(
    run: Run,
    faces: Faces,
    split: str,
    *,
    kinds: Mapping[str, Kind] = KINDS,
    seed: int = 0,
    progress: Progress = lambda name, done, total: None,
) -> pd.DataFrame:
    """Score `run` on one split of `faces` as released and in every kind and strength of corruption, store the results
    in its folder, and return the table as `Results.robustness` does.

    Both files are replaced together when all is scored; an interrupt leaves those that were there. Raises DataError
    as `evaluate` does, RunError for weights that are missing.
    """
    run = open_folder(run.path)
    part, labels, _ = labelled(run, faces, split)
    made = {column(name, s): kind.at(s) for name, kind in kinds.items() for s in STRENGTHS}
    scores = _scores(Classifier.open(run), part.images, labels, made, seed=seed, progress=progress)
    keys = [
        (CLEAN, 0, 0.0),
        *((name, s, float(kind.amounts[s - 1])) for name, kind in kinds.items() for s in STRENGTHS),
    ]
    table = _table(scores, keys, run.classes)
    predicted = {column(kind, s): score.predicted for (kind, s, _), score in zip(keys, scores, strict=True)}
    set_aside(run, faces)
    with locked(run.path), together(run.path) as staged:
        folder = staged / run.results(faces.name).path.relative_to(run.path)
        folder.mkdir(parents=True, exist_ok=True)
        write_parquet(table, folder / f"{split}-robustness.parquet")
        write_parquet(pd.DataFrame({"id": part.ids, **predicted}), folder / f"{split}-corrupted.parquet")
    return table


def _scores(
    classifier: Classifier,
    images: np.ndarray,
    true: np.ndarray,
    corruptions: Mapping[str, Corruption],
    *,
    seed: int,
    progress: Progress,
) -> list[_Score]:
    kinds: dict[str, Corruption] = {CLEAN: lambda images, generator: images, **corruptions}
    scores = []
    for done, (name, corrupt) in enumerate(kinds.items()):
        progress(name, done, len(kinds))
        generator = np.random.default_rng(seed)
        parts = [corrupt(images[i : i + AT_ONCE], generator) for i in range(0, len(images), AT_ONCE)]
        logits = np.concatenate([classifier.logits(part) for part in parts])
        scores.append(_score(name, true, logits.argmax(1), len(classifier.classes)))
    progress(name, len(kinds), len(kinds))
    return scores


def _score(name: str, true: np.ndarray, predicted: np.ndarray, classes: int) -> _Score:
    matrix = metrics.confusion(true, predicted, classes)
    return _Score(
        name,
        len(true),
        float(metrics.accuracy(matrix)),
        metrics.interval(matrix, metrics.accuracy),
        float(metrics.macro_f1(matrix)),
        tuple(metrics.recall(matrix).tolist()),
        predicted.astype(np.uint8 if classes <= 256 else np.uint16),
    )


def _table(scores: list[_Score], keys: list[tuple[str, int, float]], classes: tuple[str, ...]) -> pd.DataFrame:
    rows = [
        {
            "kind": kind,
            "strength": strength,
            "amount": amount,
            "n": score.n,
            "accuracy": score.accuracy,
            "accuracy_low": score.accuracy_interval[0],
            "accuracy_high": score.accuracy_interval[1],
            "macro_f1": score.macro_f1,
            **{RECALL + name: value for name, value in zip(classes, score.recall, strict=True)},
        }
        for (kind, strength, amount), score in zip(keys, scores, strict=True)
    ]
    return pd.DataFrame(rows)
