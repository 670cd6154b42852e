"""Cross-validation over the training faces: every one of them is judged by a network that never saw it.

    $ python -m ferkit crossval --recipe base-cnn --data fer2013 --folds 5

The folds train in `checkpoints/<run>/folds/<k>`. The run itself holds the out-of-fold predictions as its `train` split,
so that Compare and Failures work on all training faces, and no weights.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, DataError
from ferkit.evaluate.evaluation import write
from ferkit.predict.classifier import Analysis, Classifier
from ferkit.runs import Run, open_run
from ferkit.train import teachers
from ferkit.train.config import TrainConfig
from ferkit.train.loop import fit

__all__ = ["SCORES", "crossval", "folds_of"]

FOLDS = "folds"
SCORES = ("accuracy", "macro_f1", "balanced_accuracy")  # told per fold
KEPT = (
    "format",
    "model",
    "classes",
    "input",
    "parameters",
    "macs",
    "config",
    "seed",
    "started",
    "commit",
    "versions",
    "device",
)


def folds_of(faces: Faces, folds: int, seed: int) -> Iterator[tuple[np.ndarray, Faces]]:
    """For each fold the rows of train it is judged on, and the training faces with those as val and all others as
    train.

    Stratified by class; pixel-identical faces stay in one fold. Raises DataError where a class has fewer faces than
    there are folds.
    """
    train = faces.split("train")
    counts = np.bincount(train.labels, minlength=len(faces.classes))
    if folds < 2 or counts.min() < folds:
        rarest = faces.classes[int(counts.argmin())]
        raise DataError(
            f"Cross-validation takes 2 folds or more, and as many faces of each class; got {folds} folds, {counts.min()} faces of {rarest}."
        )
    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(train.labels, train.labels, train.groups)
    for _, judged in parts:
        splits = np.full(len(train), "train", dtype=object)
        splits[judged] = "val"
        yield judged, replace(train, splits=splits.astype(str), leaked=np.empty(0, bool), fingerprint="")


def crossval(
    config: TrainConfig, faces: Faces, run: Run, folds: int, fold: Callable[[int, Run, Faces, bool], None] | None = None
) -> dict[str, Any]:
    """Train each fold that is not finished, judge all training faces out of fold, write them into `run`; returns its
    scores on `train`.

    What `run`'s folder held before goes when the last fold is done, and not sooner.

    `fold(k, run, faces, resumed)` trains the k-th one, counted from 1; `fit` without a word by default. Raises what
    `fit` raises, ConfigError where a run that learned from these very faces would teach or be started from.
    """
    _check_apart(config, faces)
    train = faces.split("train")
    parts: list[tuple[np.ndarray, Analysis]] = []
    for k, (rows, part) in enumerate(folds_of(faces, folds, config.seed), 1):
        own = _trained(config, run, k, part, fold or (lambda k, own, part, resumed: _fit(config, own, part, resumed)))
        parts.append((rows, Classifier.open(own).analyse(train.images[rows], train.labels[rows])))
    _make_room(run)
    whole = _joined(parts)
    told = [metrics.scores(one.logits, train.labels[rows], faces.classes) for rows, one in parts]
    run.meta.update({key: own.meta[key] for key in KEPT if key in own.meta})
    run.meta.update(
        data={
            "name": faces.name,
            "fingerprint": faces.fingerprint,
            "counts": faces.counts(),
            "duplicates": faces.duplicates(),
        },
        status="finished",
        selection=f"{folds}-fold cross-validation, out-of-fold predictions of the last epoch",
        temperature=metrics.fit_temperature(whole.logits, train.labels),
        crossval={"folds": folds, **{key: [float(one[key]) for one in told] for key in SCORES}},
    )
    write(run, train, "train", train.labels, whole, None, features=False)
    scores = metrics.scores(whole.logits, train.labels, faces.classes, train.leaked, run.temperature)
    run.meta["scores"] = {"train": {"data": faces.name, "fingerprint": faces.fingerprint, **scores}}
    run.save()
    return scores


def _make_room(run: Run) -> None:
    """Remove what was there before, now that there is something to take its place; the folds stay."""
    for path in run.path.iterdir():
        if path.is_file():
            path.unlink()
        elif path.name != FOLDS:
            shutil.rmtree(path)


def _fit(config: TrainConfig, run: Run, faces: Faces, resumed: bool) -> None:
    fit(config, faces, run, resumed=resumed)


def _check_apart(config: TrainConfig, faces: Faces) -> None:
    for run in [*teachers.named(config.teacher), *([open_run(config.start)] if config.start else [])]:
        if run.dataset == faces.name:
            raise ConfigError(
                f"{run.name} has learned from the faces that each fold is judged on, so it can neither teach nor be started from here. "
                "Leave it out: --set teacher= or --set start="
            )


def _trained(config: TrainConfig, run: Run, k: int, faces: Faces, fold: Callable[[int, Run, Faces, bool], None]) -> Run:
    """The finished run of one fold, trained or gone on with if need be."""
    path = run.path / FOLDS / str(k)
    told = path / "run.json"
    own = Run(path, json.loads(told.read_text("utf-8")) if told.is_file() else {"recipe": run.meta.get("recipe")})
    same = (
        own.meta.get("config") == config.as_dict() and own.meta.get("data", {}).get("fingerprint") == faces.fingerprint
    )
    if not same or own.meta.get("status") != "finished":
        fold(k, own, faces, same and (path / "state.pt").is_file())
    return own


def _joined(parts: list[tuple[np.ndarray, Analysis]]) -> Analysis:
    """The folds' analyses in the order of the training faces."""
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))

    def together(name: str) -> np.ndarray:
        return np.concatenate([getattr(one, name) for _, one in parts])[order]  # type: ignore[no-any-return]

    return Analysis(together("logits"), together("features"), together("maps"), together("true_maps"))
