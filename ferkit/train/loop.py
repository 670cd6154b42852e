"""Epoch after epoch: one pass, the validation after it, and what is kept of it in the run's folder."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from accelerate.utils import broadcast_object_list

from ferkit.models import save
from ferkit.train import checkpoint
from ferkit.train.accelerator import precision
from ferkit.train.balance import faces_per_epoch
from ferkit.train.epoch import Step, train_epoch, validate
from ferkit.train.place import Place
from ferkit.train.trainer import Trainer

__all__ = ["Epoch", "run_epochs"]


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


def run_epochs(
    trainer: Trainer, place: Place, on_step: Callable[[Step], None], on_epoch: Callable[[Epoch], None]
) -> None:
    """The epochs that are left, each stored in the run's folder."""
    for number in range(len(trainer.history) + 1, trainer.config.epochs + 1):
        row = _epoch(trainer, number, on_step)
        trainer.history.append(asdict(row))
        trainer.seconds += row.seconds
        better, trainer.best = row.val_macro_f1 > trainer.best, max(trainer.best, row.val_macro_f1)
        if trainer.writes:
            if better or not trainer.config.patience:  # with patience only the best weights are kept
                save(trainer.network, place.run.weights)
            checkpoint.store(place.run, trainer)
            place.settle()
        on_epoch(row)
        if _stalled(trainer):
            break


def _epoch(trainer: Trainer, number: int, on_step: Callable[[Step], None]) -> Epoch:
    began = time.perf_counter()
    loss, accuracy = train_epoch(trainer, number, on_step)
    trained = time.perf_counter() - began
    cast = precision(trainer.config, trainer.accelerator.device)
    scores: list[Any] = [validate(trainer.network, trainer.val_loader, cast) if trainer.writes else None]
    broadcast_object_list(scores)  # of the first process, which has the weights that are kept
    rate, seconds = trainer.optimizer.param_groups[0]["lr"], time.perf_counter() - began
    speed = faces_per_epoch(trainer.targets.counts, trainer.config.balance) / trained
    val_loss, val_accuracy, val_macro_f1 = scores[0]
    return Epoch(number, rate, loss, accuracy, val_loss, val_accuracy, val_macro_f1, seconds, speed)


def _stalled(trainer: Trainer) -> bool:
    values = [row["val_macro_f1"] for row in trainer.history]
    return bool(trainer.config.patience) and len(values) - 1 - int(np.argmax(values)) >= trainer.config.patience
