"""The training loop: one run folder that is valid after every epoch, from the first to the last.

    $ python -m ferkit train --recipe compact-resnet --data fer2013

Everything random in epoch e is drawn from seeds made of (seed, e): the same seed gives the same run, and a run killed
at any moment and resumed gives the run that was never killed.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from accelerate import Accelerator
from accelerate.utils import broadcast_object_list

from ferkit import runs
from ferkit.data.faces import Faces, stratified
from ferkit.errors import ConfigError, DataError, RunError
from ferkit.models import Input, save
from ferkit.runs import Run, hashes
from ferkit.train import resume
from ferkit.train.balance import faces_per_epoch
from ferkit.train.batches import Resident
from ferkit.train.cleaning import cleaned
from ferkit.train.config import TrainConfig
from ferkit.train.describe import describe
from ferkit.train.engine import engine
from ferkit.train.epoch import Step, one_pass, precision, validate
from ferkit.train.place import Place
from ferkit.train.state import State, start
from ferkit.train.student import Answers

__all__ = ["Epoch", "fit"]


@dataclass(frozen=True)
class Epoch:
    """One row of history.csv."""

    epoch: int
    lr: float  # at the last step
    train_loss: float
    train_accuracy: float  # on augmented batches; of the stronger label where two are mixed
    val_loss: float  # plain cross entropy, of the averaged weights
    val_accuracy: float
    val_macro_f1: float
    seconds: float
    images_per_second: float


def fit(
    config: TrainConfig,
    faces: Faces,
    path: Path,
    *,
    resumed: bool = False,
    origin: Mapping[str, Any] = MappingProxyType({}),
    on_step: Callable[[Step], None] = lambda step: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Run:
    """Train into the folder `path` and return the run. A run that was there is replaced after the first epoch.

    `origin` holds what else the manifest is to say of where the run comes from: recipe, study, trial.
    `resumed` goes on with the run that lies there. Raises TrainError when the loss is not finite, RunError where
    another process trains this run.

    Ctrl-C leaves a valid run, marked interrupted, and re-raises KeyboardInterrupt.
    """
    ours = engine(config)
    with runs.claim(path) if ours.is_main_process else contextlib.nullcontext():
        begun = runs.open_folder(path) if resumed else None
        if begun and begun.manifest.status == "finished":  # by another process, meanwhile
            raise RunError(f"{begun.name} is finished after {begun.manifest.epochs_done} epochs; it cannot go on.")
        return _fit(config, faces, path, begun, ours, origin, on_step, on_epoch)


def _fit(config, faces, path, begun, ours, origin, on_step, on_epoch) -> Run:  # type: ignore[no-untyped-def]
    train, val = _splits(config, faces)
    shape = Input.of(begun.manifest.input) if begun else Input.measure(train.images, config.augment.crop, config.size)
    if config.augment.crop > shape.size:
        raise ConfigError(f"augment.crop is {config.augment.crop} pixels, but the faces have {shape.size}.")
    answers = Answers.of(train, config, shape, ours.device)
    fields = Resident.of(train, shape, ours.device), Resident.of(val, shape, ours.device)
    args = begun.manifest.model.args if begun and resume.left(begun) else None
    state = start(config, answers, faces.classes, shape, ours, args)
    ours.wait_for_everyone()  # none has an objection
    if begun:
        place = Place.of(begun)
        _check_same(begun, faces)
        resume.restore(begun, state)
        if ours.is_main_process:  # scores and temperature are of weights that are about to change
            begun.update(status="training", scores={}, temperature=1.0)
    else:
        place = Place(path, describe(config, faces, shape, state.model.network, ours).replace(**origin))
        if ours.is_main_process:
            folder = place.prepare()
            hashes.write(folder, *_hashes(config, train))
            save(state.judged, place.run.weights)
            runs.create(folder, place.run.manifest)
    with _status_at_end(place, ours), _heard() as check:

        def step(now: Step) -> None:
            check()
            on_step(now)

        _epochs(config, place, state, answers, fields, step, on_epoch)
    ours.wait_for_everyone()  # for the first process to have written run.json
    return runs.open_folder(path)


def _check_same(run: Run, faces: Faces) -> None:
    if run.manifest.data.fingerprint != faces.fingerprint:
        raise RunError(f"{faces.name!r} has changed since {run.name} was started on it. Train a new run: --name NEW")


def _hashes(config: TrainConfig, train: Faces) -> list[np.ndarray]:
    """Of the pixels it learns from, and of those that the run it starts from has learned from."""
    before = runs.open_run(config.start).train_hashes() if config.start else None
    return [runs.pixel_hashes(train.images), *([] if before is None else [before])]


def _splits(config: TrainConfig, faces: Faces) -> tuple[Faces, Faces]:
    train, val = faces.split("train"), faces.split("val")
    if missing := [c for i, c in enumerate(faces.classes) if not (train.labels == i).any()]:
        raise DataError(f"No training face of {', '.join(missing)} in {faces.name!r}: add some or leave the class out.")
    if config.drop_duplicates:
        train = cleaned(train)
    if config.subset < 1:
        train = train.select(stratified(train.labels, config.subset, config.seed))
    return train, val


@contextlib.contextmanager
def _status_at_end(place: Place, ours: Accelerator) -> Iterator[None]:
    """Leave in run.json how training ended."""
    status = "failed"
    try:
        yield
        status = "finished"
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        if ours.is_main_process:
            place.close(status)
            if status == "finished":
                resume.forget(place.run)


@contextlib.contextmanager
def _heard() -> Iterator[Callable[[], None]]:
    """Remember Ctrl-C, and raise it again when asked: raised inside a finaliser or a callback from C, Python drops
    it."""
    caught: list[int] = []

    def hear(number: int, frame: Any) -> None:
        caught.append(number)
        raise KeyboardInterrupt

    def check() -> None:
        if caught:
            raise KeyboardInterrupt

    ours = (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
        and threading.current_thread() is threading.main_thread()
    )
    if ours:
        signal.signal(signal.SIGINT, hear)
    try:
        yield check
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _epochs(config, place, state, answers, fields, on_step, on_epoch) -> None:  # type: ignore[no-untyped-def]
    train, val = fields
    for number in range(len(state.history) + 1, config.epochs + 1):
        began = time.perf_counter()
        loss, right = one_pass(config, state, answers, train, number, on_step)
        trained = time.perf_counter() - began
        told: list[Any] = [
            validate(state.judged, val, precision(config, val.images.device)) if state.engine.is_main_process else None
        ]
        broadcast_object_list(told)  # of the first process, which has the weights that are kept
        rate = state.optimizer.param_groups[0]["lr"]
        seconds = time.perf_counter() - began
        speed = faces_per_epoch(answers.counts, config.balance) / trained
        val_loss, val_accuracy, val_macro_f1 = told[0]
        row = Epoch(number, rate, loss, right, val_loss, val_accuracy, val_macro_f1, seconds, speed)
        state.history.append(asdict(row))
        state.seconds += seconds
        better, state.best = row.val_macro_f1 > state.best, max(state.best, row.val_macro_f1)
        if state.engine.is_main_process:
            if better or not config.patience:  # with patience only the best weights are kept
                save(state.judged, place.run.weights)
            resume.store(place.run, state)
            place.settle()
        on_epoch(row)
        if _stalled(config, state):
            break


def _stalled(config: TrainConfig, state: State) -> bool:
    values = [row["val_macro_f1"] for row in state.history]
    return bool(config.patience) and len(values) - 1 - int(np.argmax(values)) >= config.patience
