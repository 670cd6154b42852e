"""Training: one run folder that is valid after every epoch, from the first to the last.

    $ python -m ferkit train --recipe compact-resnet --data fer2013

Everything random in epoch e is drawn from seeds made of (seed, e): the same seed gives the same run, and a run killed
at any moment and resumed gives the run that was never killed.
"""

import contextlib
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list
from torch import nn

from ferkit import runs
from ferkit.data.faces import Faces, stratified
from ferkit.errors import ConfigError, DataError, RunError
from ferkit.models import Input, Network, save
from ferkit.runs import Run, hashes
from ferkit.train import checkpoint, corrected, optim
from ferkit.train.accelerator import make_accelerator, processes
from ferkit.train.balance import faces_per_epoch
from ferkit.train.config import TrainConfig
from ferkit.train.corrected import Correct
from ferkit.train.describe import describe
from ferkit.train.duplicates import without_duplicates
from ferkit.train.epoch import Step, precision, train_epoch, validate
from ferkit.train.graphs import graphed
from ferkit.train.interrupts import deferred_sigint
from ferkit.train.loader import FaceLoader
from ferkit.train.place import Place, check_free
from ferkit.train.start import fresh_network
from ferkit.train.targets import Student, Targets
from ferkit.train.views import Views

__all__ = ["Epoch", "Trainer", "fit"]


@dataclass(frozen=True)
class Epoch:
    """One row of history.csv."""

    epoch: int  # from 1
    lr: float  # at the last step
    train_loss: float
    train_accuracy: float  # on augmented batches; of the stronger label where two are mixed
    val_loss: float  # plain cross entropy, of the averaged weights
    val_accuracy: float
    val_macro_f1: float
    seconds: float
    images_per_second: float


@dataclass
class Trainer:
    """A training between two epochs: what it was given, and all that changes while it runs."""

    config: TrainConfig
    accelerator: Accelerator
    targets: Targets
    train_loader: FaceLoader
    val_loader: FaceLoader
    model: Student
    parallel_model: nn.Module  # the model as it is called: it averages the gradients of all processes
    optimizer: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LambdaLR
    ema_model: nn.Module | None
    views: Views | None  # None where each epoch draws anew
    history: list[dict[str, Any]] = field(default_factory=list)  # the scheduler reads it
    best: float = -1.0  # val macro-F1
    seconds: float = 0.0

    @classmethod
    def create(
        cls, config: TrainConfig, faces: Faces, shape: Input, built: Mapping[str, Any] | None = None
    ) -> "Trainer":
        """A training before its first step, on the train and val faces.

        With `built`, the arguments of the network that a run was started with, no weights learned elsewhere are put in.
        Raises DataError for a class without a training face, ConfigError and RunError for a network, targets or
        weights that cannot be had.
        """
        train, val = _splits(config, faces)
        accelerator = make_accelerator(config)
        targets = Targets.of(train, config, shape, accelerator.device)
        train_loader, val_loader = (FaceLoader.of(part, shape, accelerator.device) for part in (train, val))
        torch.manual_seed(config.seed)
        model = Student(fresh_network(config, faces.classes, shape, built, train.images), targets.votes)
        model = model.to(memory_format=torch.channels_last).to(accelerator.device)
        optimizer = optim.optimizer(model, config, model.heads())
        ema_model = optim.average(model, config.ema) if config.ema else None
        steps = math.ceil(faces_per_epoch(targets.counts, config.balance) / config.batch)
        history: list[dict[str, Any]] = []
        parallel_model = graphed(
            accelerator.prepare_model(model), config, accelerator.device, processes().num_processes
        )
        views = Views.of(config, train_loader, targets, precision(config, accelerator.device))
        return cls(
            config, accelerator, targets, train_loader, val_loader, model, parallel_model, optimizer,
            optim.schedule(optimizer, config, steps, history), ema_model, views, history,
        )  # fmt: skip

    @property
    def network(self) -> Network:
        """The network that is validated and saved: the averaged one if there is one."""
        student = self.ema_model.module if self.ema_model is not None else self.model
        return student.network  # type: ignore[return-value, union-attr]

    @property
    def writes(self) -> bool:
        """Whether this is the process that validates and writes."""
        return self.accelerator.is_main_process

    def run_epochs(self, place: Place, on_step: Callable[[Step], None], on_epoch: Callable[[Epoch], None]) -> None:
        """The epochs that are left, each stored in the run's folder."""
        for number in range(len(self.history) + 1, self.config.epochs + 1):
            row = self._epoch(number, on_step)
            self.history.append(asdict(row))
            self.seconds += row.seconds
            better, self.best = row.val_macro_f1 > self.best, max(self.best, row.val_macro_f1)
            if self.writes:
                if better or not self.config.patience:  # with patience only the best weights are kept
                    save(self.network, place.run.weights)
                checkpoint.store(place.run, self)
                place.settle()
            on_epoch(row)
            if self._stalled():
                break

    def _epoch(self, number: int, on_step: Callable[[Step], None]) -> Epoch:
        began = time.perf_counter()
        loss, accuracy = train_epoch(self, number, on_step)
        trained = time.perf_counter() - began
        cast = precision(self.config, self.accelerator.device)
        scores: list[Any] = [validate(self.network, self.val_loader, cast) if self.writes else None]
        broadcast_object_list(scores)  # of the first process, which has the weights that are kept
        rate, seconds = self.optimizer.param_groups[0]["lr"], time.perf_counter() - began
        speed = faces_per_epoch(self.targets.counts, self.config.balance) / trained
        val_loss, val_accuracy, val_macro_f1 = scores[0]
        return Epoch(number, rate, loss, accuracy, val_loss, val_accuracy, val_macro_f1, seconds, speed)

    def _stalled(self) -> bool:
        values = [row["val_macro_f1"] for row in self.history]
        return bool(self.config.patience) and len(values) - 1 - int(np.argmax(values)) >= self.config.patience


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

            trainer.run_epochs(place, step, on_epoch)
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
    train = _splits(config, faces)[0]
    return [runs.pixel_hashes(train.images), *([] if before is None else [before])]


def _measured(config: TrainConfig, faces: Faces) -> Input:
    return Input.measure(_splits(config, faces)[0].images, config.augment.crop, config.size)


def _splits(config: TrainConfig, faces: Faces) -> tuple[Faces, Faces]:
    train, val = faces.split("train"), faces.split("val")
    if missing := [c for i, c in enumerate(faces.classes) if not (train.labels == i).any()]:
        raise DataError(f"No training face of {', '.join(missing)} in {faces.name!r}: add some or leave the class out.")
    if config.drop_duplicates:
        train = without_duplicates(train)
    if config.subset < 1:
        train = train.select(stratified(train.labels, config.subset, config.seed))
    return train, val
