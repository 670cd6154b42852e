"""Optimiser, schedule and the moving average of the weights, as torch has them."""

import itertools
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR, ReduceLROnPlateau
from torch.optim.swa_utils import AveragedModel

from ferkit.train.config import TrainConfig
from ferkit.train.muon import muon

__all__ = ["average", "optimizer", "schedule"]


def optimizer(model: nn.Module, config: TrainConfig, heads: Sequence[nn.Parameter] = ()) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum, Adam, AdamW, RMSprop or Muon. Weight decay on matrices and kernels only; all but the
    `heads` learn at the rate `body_lr * lr`."""
    if config.optimizer == "muon":
        return muon(model, config, {id(p) for p in heads})
    groups = _groups(model, config, {id(p) for p in heads})
    if config.optimizer in ("adam", "adamw"):
        return (torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam)(groups, lr=config.lr)
    if config.optimizer == "rmsprop":
        return torch.optim.RMSprop(groups, lr=config.lr, momentum=config.momentum)
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum, nesterov=config.momentum > 0)


def _groups(model: nn.Module, config: TrainConfig, heads: set[int]) -> list[dict[str, Any]]:
    """Heads first, so that the first group has the rate that is reported."""
    groups = []
    for above in (True, False) if config.body_lr != 1 else (None,):
        members = [p for p in model.parameters() if above is None or (id(p) in heads) == above]
        rate = config.lr * (config.body_lr if above is False else 1.0)
        groups += [
            {"params": [p for p in members if p.ndim > 1], "weight_decay": config.weight_decay, "lr": rate},
            {"params": [p for p in members if p.ndim <= 1], "weight_decay": 0.0, "lr": rate},
        ]
    return groups


def schedule(
    optimizer: torch.optim.Optimizer, config: TrainConfig, steps: int, history: Sequence[Mapping[str, float]]
) -> LambdaLR:
    """The peak rate times a factor at step t of `steps` an epoch: a linear rise over `warmup`, then what
    `config.schedule` says.

    With p from 0 to 1 over the rest: cosine (1 + cos pi p) / 2; restarts the same of each of `cycles` parts (Loshchilov
    & Hutter 2017, arXiv:1608.03983); exponential decay^p; constant 1; plateau `plateau_factor` for every `plateau`
    epochs of `history` without a better val loss; one-cycle Smith and Topin's from the first step on
    (arXiv:1708.07120).
    """
    total = config.epochs * steps
    warm = 0.0 if config.schedule == "one-cycle" else config.warmup * steps

    def factor(t: int) -> float:
        if t < warm:
            return (t + 1) / (warm + 1)
        p = min(1.0, (t - warm) / max(1.0, total - warm))
        match config.schedule:
            case "restarts":
                return _cosine(1.0, 0.0, p * config.cycles % 1) if p < 1 else 0.0
            case "exponential":
                return config.decay**p
            case "one-cycle":
                return _cosine(1 / 25, 1.0, p / 0.3) if p < 0.3 else _cosine(1.0, 4e-6, (p - 0.3) / 0.7)
            case "plateau":
                return _plateau(tuple(row["val_loss"] for row in history), config.plateau, config.plateau_factor)
            case "constant":
                return 1.0
            case _:
                return _cosine(1.0, 0.0, p)

    return LambdaLR(optimizer, factor)


def _cosine(start: float, end: float, p: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * p)) / 2


@lru_cache(maxsize=1)
def _plateau(losses: tuple[float, ...], patience: int, left: float) -> float:
    """What torch's ReduceLROnPlateau has left of a rate of one after these losses."""
    holder = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    scheduler = ReduceLROnPlateau(holder, factor=left, patience=patience)
    for loss in losses:
        scheduler.step(loss)
    return float(holder.param_groups[0]["lr"])


def average(model: nn.Module, decay: float) -> AveragedModel:
    """Exponential moving average of weights and buffers; the decay rises as (1 + t) / (10 + t), so short runs count
    too."""

    return _Average(model, decay)


class _Average(AveragedModel):
    """AveragedModel in few kernels, and without waiting for a GPU."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        super().__init__(model, use_buffers=True)
        self.decay = decay

    @torch.no_grad()
    def update_parameters(self, model: nn.Module) -> None:
        t = int(self.n_averaged)  # on the CPU wherever the model is
        new = 1 - min(self.decay, (1 + t) / (10 + t)) if t else 1.0
        averaged, current = (list(itertools.chain(m.parameters(), m.buffers())) for m in (self.module, model))
        floats = [a.is_floating_point() for a in averaged]
        torch._foreach_lerp_(list(itertools.compress(averaged, floats)), list(itertools.compress(current, floats)), new)
        for a, c in zip(averaged, current, strict=True):
            if not a.is_floating_point():
                a.copy_(c)
        self.n_averaged += 1
