"""All that changes while training, as it stands before the first step."""

import math
from dataclasses import dataclass
from typing import Any

import torch
from accelerate import Accelerator
from torch import nn

from ferkit import runs
from ferkit.errors import ConfigError
from ferkit.models import Input, Network, build, inherit
from ferkit.train import optim
from ferkit.train.balance import faces_per_epoch
from ferkit.train.config import TrainConfig
from ferkit.train.student import Answers, Student

__all__ = ["State", "start"]


@dataclass
class State:
    """All that changes while training."""

    engine: Accelerator
    model: Student
    parallel: nn.Module  # the model as it is called: it means the gradients of all processes
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LambdaLR
    average: nn.Module | None
    history: list[dict[str, Any]]
    best: float = -1.0  # val macro-F1
    seconds: float = 0.0

    @property
    def judged(self) -> Network:
        """The network that is validated and saved: the averaged one if there is one."""
        student = self.average.module if self.average is not None else self.model
        return student.network  # type: ignore[return-value, union-attr]


def start(
    config: TrainConfig,
    answers: Answers,
    classes: tuple[str, ...],
    shape: Input,
    engine: Accelerator,
    built: dict[str, Any] | None = None,
) -> State:
    """A fresh student with its optimiser and schedule; with `built`, the arguments of the network that a run tells of,
    without weights learned elsewhere, since its own are about to come. Raises ConfigError for a network that cannot be
    built or brings no weights, RunError for a run it cannot start from.
    """
    torch.manual_seed(config.seed)
    network = build(config.model, len(classes), shape.channels, **(config.model_args if built is None else built))
    if built is None:
        _learned_elsewhere(network, config, classes)
    model = Student(network, answers.votes)
    model = model.to(memory_format=torch.channels_last).to(engine.device)
    optimizer = optim.optimizer(model, config, model.heads())
    average = optim.average(model, config.ema) if config.ema else None
    steps = math.ceil(faces_per_epoch(answers.counts, config.balance) / config.batch)
    history: list[dict[str, Any]] = []
    return State(
        engine,
        model,
        engine.prepare_model(model),
        optimizer,
        optim.schedule(optimizer, config, steps, history),
        average,
        history,
    )


def _learned_elsewhere(network: Network, config: TrainConfig, classes: tuple[str, ...]) -> None:
    if config.pretrained and config.start:
        raise ConfigError(
            f"A network starts from pretrained weights or from those of {config.start}, not from both: leave one out."
        )
    if config.pretrained:
        network.load_pretrained()
    if config.start:
        inherit(network, runs.open_run(config.start), classes)
