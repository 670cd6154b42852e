"""Training: one run folder that is valid after every epoch, from the first to the last.

    $ python -m ferkit train --recipe compact-resnet --data fer2013

Everything random in epoch e is drawn from seeds made of (seed, e): the same seed gives the same run, and a run killed
at any moment and resumed gives the run that was never killed.
"""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ferkit import runs
from ferkit.data.faces import Faces
from ferkit.errors import ConfigError, RunError
from ferkit.models import Input, save
from ferkit.runs import Run, hashes
from ferkit.train import checkpoint, corrected
from ferkit.train.accelerator import processes
from ferkit.train.config import TrainConfig
from ferkit.train.corrected import Correct
from ferkit.train.describe import describe
from ferkit.train.epoch import Step
from ferkit.train.interrupts import deferred_sigint
from ferkit.train.loop import Epoch, run_epochs
from ferkit.train.place import Place, check_free
from ferkit.train.trainer import Trainer, train_and_val

__all__ = ["fit"]


def fit(
    config: TrainConfig,
    faces: Faces,
    path: Path,
    *,
    resumed: bool = False,
    replace: bool = True,
    origin: Mapping[str, Any] = MappingProxyType({}),
    correct: Correct | None = None,
    on_step: Callable[[Step], None] = lambda step: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Run:
    """Train into the folder `path` and return the run. A run that was there is replaced after the first epoch, or
    refused with RunError where `replace` is False.

    `origin` holds what else the manifest is to say of where the run comes from: recipe, study, trial.
    `correct` puts other labels in place of the released ones; a resumed run keeps those it was started with.
    `resumed` continues the run in that folder. Raises TrainError when the loss is not finite, RunError where
    another process trains this run.

    Ctrl-C leaves a valid run, marked interrupted, and re-raises KeyboardInterrupt.
    """
    with runs.claim(path) if processes().is_main_process else contextlib.nullcontext():
        existing = _opened(path, faces) if resumed else None
        correct = corrected.resumed(existing, faces) if existing else correct
        if correct is not None:
            origin = {**origin, "corrections": correct.described(faces)}
            faces = correct.apply(faces)
        if not replace and not resumed:
            check_free(path)  # here, where no other training can come in between
        shape = Input.of(existing.manifest.input) if existing else _measured(config, faces)
        if config.augment.crop > shape.size:
            raise ConfigError(f"augment.crop is {config.augment.crop} pixels, but the faces have {shape.size}.")
        built = existing.manifest.model.args if existing and checkpoint.exists(existing) else None
        trainer = Trainer.create(config, faces, shape, built)
        trainer.accelerator.wait_for_everyone()  # no process has found a problem
        place = _resumed(existing, trainer) if existing else _new(path, trainer, faces, shape, origin, correct)
        with checkpoint.status_at_end(place, trainer.writes), deferred_sigint() as raise_if_interrupted:

            def step(now: Step) -> None:
                raise_if_interrupted()
                on_step(now)

            run_epochs(trainer, place, step, on_epoch)
        trainer.accelerator.wait_for_everyone()  # for the first process to have written run.json
        return runs.open_folder(path)


def _new(
    path: Path, trainer: Trainer, faces: Faces, shape: Input, origin: Mapping[str, Any], correct: Correct | None
) -> Place:
    manifest = describe(trainer.config, faces, shape, trainer.model.network, trainer.accelerator).replace(**origin)
    place = Place(path, manifest)
    if trainer.writes:
        folder = place.prepare()
        hashes.write(folder, *_pixel_hashes(trainer.config, faces))
        save(trainer.network, place.run.weights)
        if correct is not None:
            correct.write(folder)
        runs.create(folder, manifest)
    return place


def _resumed(run: Run, trainer: Trainer) -> Place:
    checkpoint.restore(run, trainer)
    if trainer.writes:  # scores and temperature are of weights that are about to change
        run.update(status="training", scores={}, temperature=1.0)
    return Place.of(run)


def _opened(path: Path, faces: Faces) -> Run:
    """The run to continue. Raises RunError for one that is finished, or was trained on other faces."""
    run = runs.open_folder(path)
    if run.manifest.status == "finished":  # by another process, meanwhile
        raise RunError(f"{run.name} is finished after {run.manifest.epochs_done} epochs; it cannot be continued.")
    if run.manifest.data.fingerprint != faces.fingerprint:
        raise RunError(f"{faces.name!r} has changed since {run.name} was started on it. Train a new run: --name NEW")
    return run


def _pixel_hashes(config: TrainConfig, faces: Faces) -> list[np.ndarray]:
    """Of the images it is trained on, and of those that the run it starts from was trained on."""
    before = runs.open_run(config.start).train_hashes() if config.start else None
    train = train_and_val(config, faces)[0]
    return [runs.pixel_hashes(train.images), *([] if before is None else [before])]


def _measured(config: TrainConfig, faces: Faces) -> Input:
    return Input.measure(train_and_val(config, faces)[0].images, config.augment.crop, config.size)
