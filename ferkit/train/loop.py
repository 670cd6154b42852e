"""The training loop: one run folder that is valid after every epoch, from the first to the last.

    $ python -m ferkit train --recipe compact-resnet --data fer2013

Everything random in epoch e is drawn from seeds made of (seed, e): the same seed gives the same run, and a run killed at any
moment and resumed gives the run that was never killed.
"""

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from ferkit import runs
from ferkit.data.faces import Faces, stratified
from ferkit.errors import ConfigError, DataError, RunError
from ferkit.models import Input, save
from ferkit.runs import Run
from ferkit.train import resume
from ferkit.train.balance import faces_per_epoch
from ferkit.train.batches import Resident
from ferkit.train.cleaning import cleaned
from ferkit.train.config import TrainConfig
from ferkit.train.describe import describe
from ferkit.train.epoch import Step, one_pass, precision, validate
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
    run: Run,
    *,
    resumed: bool = False,
    on_step: Callable[[Step], None] = lambda step: None,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Run:
    """Train into `run`'s folder, replacing the run that was there, and return the run. Raises TrainError when the loss is no number.

    Ctrl-C leaves a valid run, marked interrupted, and raises KeyboardInterrupt on.
    """
    train, val = _splits(config, faces)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    shape = Input.measure(train.images, config.augment.crop, config.size) if not resumed else Input.of(run.meta)
    if config.augment.crop > shape.size:
        raise ConfigError(f"augment.crop is {config.augment.crop} pixels, but the faces have {shape.size}.")
    answers = Answers.of(train, config, shape, device)
    fields = Resident.of(train, shape, device), Resident.of(val, shape, device)
    state = start(config, answers, shape, device)
    if resumed:
        _check_same(run, faces)
        resume.restore(run, state)
        run.meta.update(status="training", scores={}, temperature=1.0)  # the old ones are of weights that are about to change
        run.save()
    else:
        runs.clear(run)
        run.meta.update(describe(config, faces, shape, state.model.network, device))
        save(state.judged, run.weights)
        run.save()
    with _told(run), _heard() as check:

        def step(now: Step) -> None:
            check()
            on_step(now)

        _epochs(config, run, state, answers, fields, step, on_epoch)
    return run


def _check_same(run: Run, faces: Faces) -> None:
    if run.meta["data"].get("fingerprint") != faces.fingerprint:
        raise RunError(f"{faces.name!r} has changed since {run.name} was started on it. Train a new run: --name NEW")


def _splits(config: TrainConfig, faces: Faces) -> tuple[Faces, Faces]:
    train, val = faces.split("train"), faces.split("val")
    if missing := [c for i, c in enumerate(faces.classes) if not (train.labels == i).any()]:
        raise DataError(f"No training face of {', '.join(missing)} in {faces.name!r}: add some or leave the class out.")
    if config.clean:
        train = cleaned(train)
    if config.subset < 1:
        train = train.select(stratified(train.labels, config.subset, config.seed))
    return train, val


@contextlib.contextmanager
def _told(run: Run) -> Iterator[None]:
    """Leave in run.json how training ended."""
    status = "failed"
    try:
        yield
        status = "finished"
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        run.meta["status"] = status
        run.save()
        if status == "finished":
            resume.forget(run)


@contextlib.contextmanager
def _heard() -> Iterator[Callable[[], None]]:
    """Remember Ctrl-C, and raise it again when asked: raised inside a finaliser or a callback from C, Python drops it."""
    caught: list[int] = []

    def hear(number: int, frame: Any) -> None:
        caught.append(number)
        raise KeyboardInterrupt

    def check() -> None:
        if caught:
            raise KeyboardInterrupt

    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler and threading.current_thread() is threading.main_thread()
    if ours:
        signal.signal(signal.SIGINT, hear)
    try:
        yield check
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def _epochs(config, run, state, answers, fields, on_step, on_epoch) -> None:  # type: ignore[no-untyped-def]
    train, val = fields
    for number in range(len(state.history) + 1, config.epochs + 1):
        began = time.perf_counter()
        loss, right = one_pass(config, state, answers, train, number, on_step)
        trained = time.perf_counter() - began
        told = validate(state.judged, val, precision(config, val.images.device))
        rate = state.optimizer.param_groups[0]["lr"]
        seconds = time.perf_counter() - began
        row = Epoch(
            number, rate, loss, right, *told, seconds=seconds, images_per_second=faces_per_epoch(answers.counts, config.balance) / trained
        )
        state.history.append(asdict(row))
        state.seconds += seconds
        _keep(config, run, state, row)
        on_epoch(row)
        if _stalled(config, state):
            break


def _keep(config: TrainConfig, run: Run, state: State, row: Epoch) -> None:
    """Save the weights (with patience only the best ones by val macro-F1) and all that a resumed run needs."""
    if not config.patience or row.val_macro_f1 > state.best:
        save(state.judged, run.weights)
    state.best = max(state.best, row.val_macro_f1)
    resume.store(run, state)


def _stalled(config: TrainConfig, state: State) -> bool:
    values = [row["val_macro_f1"] for row in state.history]
    return bool(config.patience) and len(values) - 1 - int(np.argmax(values)) >= config.patience
