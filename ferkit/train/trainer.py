"""A training between two epochs: what it was given, and all that changes while it runs."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from ferkit.data.faces import Faces, stratified
from ferkit.errors import DataError
from ferkit.models import Input, Network
from ferkit.train import optim
from ferkit.train.accelerator import make_accelerator, precision, processes
from ferkit.train.balance import faces_per_epoch
from ferkit.train.config import TrainConfig
from ferkit.train.duplicates import without_duplicates
from ferkit.train.graphs import graphed
from ferkit.train.loader import FaceLoader
from ferkit.train.start import fresh_network
from ferkit.train.targets import Student, Targets
from ferkit.train.views import Views

__all__ = ["Trainer", "train_and_val"]


@dataclass
class Trainer:
    """Made by `create`; `ferkit.train.loop` runs it."""

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
        train, val = train_and_val(config, faces)
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


def train_and_val(config: TrainConfig, faces: Faces) -> tuple[Faces, Faces]:
    """The faces that are trained on, and those that each epoch is validated on. Raises DataError for a class without a
    training face."""
    train, val = faces.split("train"), faces.split("val")
    if missing := [c for i, c in enumerate(faces.classes) if not (train.labels == i).any()]:
        raise DataError(f"No training face of {', '.join(missing)} in {faces.name!r}: add some or leave the class out.")
    if config.drop_duplicates:
        train = without_duplicates(train)
    if config.subset < 1:
        train = train.select(stratified(train.labels, config.subset, config.seed))
    return train, val
