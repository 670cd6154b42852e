"""One pass over the training faces, and the validation after it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from ferkit import metrics
from ferkit.errors import TrainError
from ferkit.models import Network
from ferkit.train.accelerator import precision, share
from ferkit.train.augment import augment, in_epoch, mirrored, mix, randaugment, shrink
from ferkit.train.balance import order
from ferkit.train.degrade import degrade
from ferkit.train.freezing import unfreeze
from ferkit.train.loader import FaceLoader
from ferkit.train.sam import sam_perturbation
from ferkit.train.trainer import Trainer
from ferkit.train.views import View

__all__ = ["Step", "train_epoch", "validate"]

LOG_INTERVAL = 20  # steps between two looks at the loss on a GPU, which has to be waited for


@dataclass(frozen=True)
class Step:
    """Where training is, for a progress line."""

    epoch: int  # from 1
    epochs: int
    done: int  # faces of this epoch
    total: int
    loss: float  # of this batch


def train_epoch(trainer: Trainer, number: int, on_step: Callable[[Step], None]) -> tuple[float, float]:
    """One pass, epoch `number` counted from 1; returns mean loss and accuracy over the augmented faces of all
    processes."""
    config, loader, accelerator = trainer.config, trainer.train_loader, trainer.accelerator
    seed = config.seed * 100_003 + number
    generator = torch.Generator().manual_seed(seed)
    rows = order(loader.labels.cpu(), config.balance, generator)  # the same in every process
    if accelerator.process_index:
        seed += 1_000_000_007 * accelerator.process_index
        generator.manual_seed(seed)
    torch.manual_seed(seed)  # dropout
    trainer.parallel_model.train()
    if config.freeze_epochs:
        unfreeze(trainer.model.network, number, config.freeze_epochs, config.unfreeze_every)
    view = trainer.views.view(number) if trainer.views else None
    device = loader.images.device
    every = LOG_INTERVAL if device.type == "cuda" else 1
    done, loss = 0, math.nan
    sums = torch.zeros(3, dtype=torch.float64, device=device)  # of loss, right predictions and faces, in this process
    for i, batch in enumerate(rows.to(device).split(config.batch)):
        part = share(batch, accelerator)
        if not len(part):
            continue
        weight = len(part) * accelerator.num_processes / len(batch)
        step_loss, correct = _train_batch(trainer, view, part, number, generator, weight)
        done += len(batch)
        sums += torch.stack([step_loss.double() * len(part), correct.double(), torch.full_like(correct, len(part))])
        if i % every == 0 or done == len(rows):
            loss = _finite(step_loss.item(), trainer, number)
        on_step(Step(number, config.epochs, done, len(rows), loss))
    losses, correct_faces, faces = accelerator.reduce(sums).tolist()
    return losses / faces, correct_faces / faces


def _train_batch(
    trainer: Trainer, view: View | None, rows: Tensor, number: int, generator: torch.Generator, weight: float
) -> tuple[Tensor, Tensor]:
    """One step on those faces: its loss, and how many were classified as their label."""
    config, loader, targets = trainer.config, trainer.train_loader, trainer.targets
    settings, mirror = in_epoch(config, number), mirrored(rows, number, config)
    drawn = replace(settings, small=0) if targets.teachers or view else settings  # teachers see all pixels of the crop
    if view is None:
        x = augment(loader.normalised(randaugment(loader.images[rows], settings, generator)), drawn, generator, mirror)
    else:
        x = view.images[rows].float()
    x = degrade(x, drawn, generator, loader.input)
    x, target = mix(x, (view or targets).table[rows], settings, generator)
    cast = precision(config, loader.images.device)
    if view is None:
        with cast():
            target = targets.complete(x, target)
    x = shrink(x, settings.small).contiguous(memory_format=torch.channels_last)

    def forward() -> tuple[Tensor, Tensor]:
        with cast():
            logits = trainer.parallel_model(x)
        return targets.loss(logits, target), logits

    loss, logits = forward()
    _step(trainer, loss, forward, weight)
    return loss.detach(), targets.correct(logits, target)


def _finite(loss: float, trainer: Trainer, number: int) -> float:
    if not math.isfinite(loss):
        rate = trainer.optimizer.param_groups[0]["lr"]
        raise TrainError(
            f"The loss is {loss} in epoch {number} at learning rate {rate:.3g}. "
            f"Try a smaller one: --set lr={trainer.config.lr / 3:.2g}"
        )
    return loss


def _step(trainer: Trainer, loss: Tensor, forward: Callable[[], tuple[Tensor, Tensor]], weight: float) -> None:
    """`weight` makes the mean over processes, whose shares may differ by a face, a mean over faces."""
    config, optimizer, accelerator = trainer.config, trainer.optimizer, trainer.accelerator
    optimizer.zero_grad(set_to_none=True)
    accelerator.backward(loss * weight)
    if config.sam:
        with sam_perturbation(trainer.model, config.sam):
            optimizer.zero_grad(set_to_none=True)
            accelerator.backward(forward()[0] * weight)
    if config.clip:
        nn.utils.clip_grad_norm_(trainer.model.parameters(), config.clip)
    optimizer.step()
    trainer.scheduler.step()
    if trainer.ema_model is not None:
        trainer.ema_model.update_parameters(trainer.model)  # type: ignore[operator]


@torch.inference_mode()
def validate(model: Network, loader: FaceLoader, cast: Callable[[], Any]) -> tuple[float, float, float]:
    """Loss, accuracy and macro-F1 on all of val."""
    model.eval()
    logits = []
    for x, _ in loader.in_order(512):
        with cast():
            logits.append(model(loader.input.centre(x).contiguous(memory_format=torch.channels_last)).float().cpu())
    z, true = torch.cat(logits).numpy(), loader.labels.cpu().numpy()
    matrix = metrics.confusion(true, z.argmax(1), z.shape[1])
    loss = metrics.negative_log_likelihood(metrics.softmax(z), true)
    return loss, float(metrics.accuracy(matrix)), float(metrics.macro_f1(matrix))
