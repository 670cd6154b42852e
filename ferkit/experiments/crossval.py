"""Cross-validation over the training faces: every one of them is scored by a network that never saw it.

    $ python -m ferkit crossval --recipe base-cnn --data fer2013 --folds 5

The folds train in `checkpoints/<run>/folds/<k>`. The run itself holds the out-of-fold predictions as its `train` split,
so that Compare and Failures work on all training faces, and no weights.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from ferkit import metrics
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, DataError
from ferkit.evaluate.shards import Answers
from ferkit.evaluate.storing import write_tables
from ferkit.explain.mean_maps import mean_maps
from ferkit.files import write_json
from ferkit.predict.classifier import Analysis, Classifier
from ferkit.runs import CrossValidation, Run, Scores, open_folder, open_run
from ferkit.runs.locks import locked
from ferkit.runs.pending import together
from ferkit.train import teachers
from ferkit.train.config import TrainConfig
from ferkit.train.describe import dataset
from ferkit.train.fit import fit

__all__ = ["SCORES", "crossval", "folds_of"]

FOLDS = "folds"
SCORES = ("accuracy", "macro_f1", "balanced_accuracy")  # kept per fold


def folds_of(faces: Faces, folds: int, seed: int) -> Iterator[tuple[np.ndarray, Faces]]:
    """For each fold the rows of train that it holds out, and the training faces with those as val and all others as
    train.

    Stratified by class; pixel-identical faces stay in one fold. Raises DataError where a class has fewer faces than
    there are folds.
    """
    train = faces.split("train")
    counts = np.bincount(train.labels, minlength=len(faces.classes))
    if folds < 2 or counts.min() < folds:
        rarest = faces.classes[int(counts.argmin())]
        raise DataError(
            f"Cross-validation takes 2 folds or more, and as many faces of each class; got {folds} folds, "
            f"{counts.min()} faces of {rarest}."
        )
    parts = StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(train.labels, train.labels, train.groups)
    for _, held_out in parts:
        splits = np.full(len(train), "train", dtype=object)
        splits[held_out] = "val"
        yield held_out, replace(train, splits=splits.astype(str), leaked=np.empty(0, bool), fingerprint="")


Fold = Callable[[int, Path, Faces, bool], Run]


def crossval(
    config: TrainConfig, faces: Faces, path: Path, folds: int, fold: Fold | None = None, *, recipe: str | None = None
) -> Run:
    """Train each fold that is not finished, score all training faces out of fold, write them into the folder `path`
    and return that run; its scores are on `train`.

    What the folder held before goes when the last fold is done, and not sooner.

    `fold(k, path, faces, resumed)` trains the k-th one, counted from 1; a silent `fit` by default. Raises what `fit`
    raises, ConfigError where a run that learned from these very faces would teach or be started from.
    """
    _check_apart(config, faces)
    train = faces.split("train")
    parts: list[tuple[np.ndarray, Analysis]] = []
    for k, (rows, part) in enumerate(folds_of(faces, folds, config.seed), 1):
        trained = _trained(config, path / FOLDS / str(k), k, part, fold or _fit(config, recipe))
        parts.append((rows, Classifier.open(trained).analyse(train.images[rows], train.labels[rows])))
    _make_room(path)
    joined = _joined(train, parts)
    of_folds = [metrics.scores(analysis.logits, train.labels[rows], faces.classes) for rows, analysis in parts]
    temperature = metrics.fit_adaptive_temperature(joined.logits, train.labels)
    values = metrics.scores(joined.logits, train.labels, faces.classes, train.leaked, temperature)
    scores = Scores(data=faces.name, fingerprint=faces.fingerprint, **values)
    manifest = trained.manifest.replace(
        recipe=recipe,
        status="finished",
        selection=f"{folds}-fold cross-validation, out-of-fold predictions of the last epoch",
        data=dataset(faces),
        epochs_done=0,
        seconds=0.0,
        **temperature.fields,
        scores={"train": scores},
        crossval=CrossValidation(
            folds=folds, **{key: tuple(fold_scores[key] for fold_scores in of_folds) for key in SCORES}
        ),
    )
    with locked(path), together(path) as staged:
        write_tables(staged, faces.classes, train, "train", train.labels, joined, features=False)
        write_json(staged / "run.json", manifest.as_json())
    return open_folder(path)


def _make_room(folder: Path) -> None:
    """Remove what was there before, now that there is something to take its place; the folds stay."""
    for path in folder.iterdir():
        if path.is_file():
            path.unlink()
        elif path.name != FOLDS:
            shutil.rmtree(path)


def _fit(config: TrainConfig, recipe: str | None) -> Fold:
    return lambda k, path, faces, resumed: fit(config, faces, path, resumed=resumed, origin={"recipe": recipe})


def _check_apart(config: TrainConfig, faces: Faces) -> None:
    for run in [*teachers.named(config.teacher), *([open_run(config.start)] if config.start else [])]:
        if run.dataset == faces.name:
            raise ConfigError(
                f"{run.name} has learned from the faces that each fold is scored on, so it can neither teach nor be "
                "started from here. "
                "Leave it out: --set teacher= or --set start="
            )


def _trained(config: TrainConfig, path: Path, k: int, faces: Faces, fold: Fold) -> Run:
    """The finished run of one fold, trained or resumed if need be."""
    there = open_folder(path) if (path / "run.json").is_file() else None
    same = (
        there is not None
        and there.manifest.config == config.as_dict()
        and there.manifest.data.fingerprint == faces.fingerprint
    )
    if there is not None and same and there.manifest.status == "finished":
        return there
    return fold(k, path, faces, same and (path / "state.pt").is_file())


def _joined(train: Faces, parts: list[tuple[np.ndarray, Analysis]]) -> Answers:
    """The folds' analyses in the order of the training faces."""
    order = np.argsort(np.concatenate([rows for rows, _ in parts]))

    def together(name: str) -> np.ndarray:
        return np.concatenate([getattr(fold_scores, name) for _, fold_scores in parts])[order]  # type: ignore[no-any-return]

    logits = together("logits")
    maps = together("maps"), together("true_maps")
    cams = mean_maps(train.images, train.labels, logits.argmax(1), *maps, len(train.classes))
    return Answers(logits, together("features"), cams)
