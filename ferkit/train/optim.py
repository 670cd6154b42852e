"""Optimiser, schedule and the moving average of the weights, as torch has them."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from ferkit.train.config import TrainConfig

__all__ = ["average", "optimizer", "schedule"]


def optimizer(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    """SGD with Nesterov momentum, or AdamW; weight decay on matrices and kernels only."""
    groups = [
        {"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [p for p in model.parameters() if p.ndim <= 1], "weight_decay": 0.0},
    ]
    if config.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=config.lr)
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum, nesterov=config.momentum > 0)


def schedule(optimizer: torch.optim.Optimizer, config: TrainConfig, steps: int) -> torch.optim.lr_scheduler.LambdaLR:
    """Factor of the peak rate at step t of `steps` an epoch: a linear rise over `warmup`, then half a cosine to zero."""
    total, warm = config.epochs * steps, config.warmup * steps

    def factor(t: int) -> float:
        if t < warm:
            return (t + 1) / (warm + 1)
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (t - warm) / max(1.0, total - warm))))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, factor)


def average(model: nn.Module, decay: float) -> AveragedModel:
    """Exponential moving average of weights and buffers; the decay rises as (1 + t) / (10 + t), so short runs count too."""

    def blend(averaged: Sequence[Tensor], current: Sequence[Tensor], t: Tensor | int) -> None:
        d = min(decay, (1 + int(t)) / (10 + int(t)))
        for a, c in zip(averaged, current, strict=True):
            a.lerp_(c, 1 - d) if a.is_floating_point() else a.copy_(c)

    return AveragedModel(model, multi_avg_fn=blend, use_buffers=True)
