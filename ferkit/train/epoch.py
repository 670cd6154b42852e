"""One pass over the training faces, and a look at val after it."""

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn

from ferkit import metrics
from ferkit.errors import TrainError
from ferkit.models import Network
from ferkit.train import sharpness
from ferkit.train.augment import augment, mix, randaugment, shrink
from ferkit.train.balance import order
from ferkit.train.batches import Resident
from ferkit.train.config import TrainConfig
from ferkit.train.engine import share
from ferkit.train.freezing import thaw
from ferkit.train.state import State
from ferkit.train.student import Answers

__all__ = ["Step", "one_pass", "precision", "validate"]


@dataclass(frozen=True)
class Step:
    """Where training is, for a progress line."""

    epoch: int  # from 1
    epochs: int
    done: int  # faces of this epoch
    total: int
    loss: float  # of this batch


def one_pass(
    config: TrainConfig, state: State, answers: Answers, train: Resident, number: int, on_step: Callable[[Step], None]
) -> tuple[float, float]:
    """One pass, epoch `number` counted from 1; returns mean loss and accuracy over the augmented faces of all
    processes."""
    seed = config.seed * 100_003 + number
    generator = torch.Generator().manual_seed(seed)
    seen = order(train.labels.cpu(), config.balance, generator)  # the same in every process
    if state.engine.process_index:
        seed += 1_000_000_007 * state.engine.process_index
        generator.manual_seed(seed)
    torch.manual_seed(seed)  # dropout
    cast = precision(config, train.images.device)
    shrunk = number <= config.small_epochs * config.epochs
    settings = config.augment if shrunk else replace(config.augment, small=0)
    drawn = replace(settings, small=0) if answers.panel else settings  # teachers see all pixels of the crop
    state.parallel.train()
    if config.freeze_epochs:
        thaw(state.model.network, number, config.freeze_epochs, config.unfreeze_every)
    done, sums = 0, torch.zeros(3, dtype=torch.float64)  # of loss, right answers and faces, here
    for batch in seen.split(config.batch):
        rows = share(batch, state.engine).to(train.images.device)
        if not len(rows):
            continue
        x = augment(train.normalised(randaugment(train.images[rows], settings, generator)), drawn, generator)
        x, target = mix(x, answers.table[rows], settings, generator)
        with cast():
            target = answers.heard(x, target)
        x = shrink(x, settings.small).contiguous(memory_format=torch.channels_last)
        judge = functools.partial(_judge, state.parallel, answers, x, target, cast)
        loss, logits = judge()
        _step(config, state, loss, judge, number, weight=len(rows) * state.engine.num_processes / len(batch))
        done += len(batch)
        sums += torch.tensor([loss.item() * len(rows), answers.right(logits, target), len(rows)], dtype=torch.float64)
        on_step(Step(number, config.epochs, done, len(seen), loss.item()))
    losses, right, faces = state.engine.reduce(sums.to(train.images.device)).tolist()
    return losses / faces, right / faces


def _judge(
    model: nn.Module, answers: Answers, x: Tensor, target: Tensor, cast: Callable[[], Any]
) -> tuple[Tensor, Tensor]:
    with cast():
        logits = model(x)
    return answers.loss(logits, target), logits


def _step(
    config: TrainConfig,
    state: State,
    loss: Tensor,
    again: Callable[[], tuple[Tensor, Tensor]],
    number: int,
    weight: float,
) -> None:
    """`weight` makes the mean over processes, whose shares may differ by a face, a mean over faces."""
    if not math.isfinite(loss.item()):
        rate = state.optimizer.param_groups[0]["lr"]
        raise TrainError(
            f"The loss is {loss.item()} in epoch {number} at learning rate {rate:.3g}. Try a smaller one: --set lr={config.lr / 3:.2g}"
        )
    state.optimizer.zero_grad(set_to_none=True)
    state.engine.backward(loss * weight)
    if config.sam:
        with sharpness.uphill(state.model, config.sam):
            state.optimizer.zero_grad(set_to_none=True)
            state.engine.backward(again()[0] * weight)
    if config.clip:
        nn.utils.clip_grad_norm_(state.model.parameters(), config.clip)
    state.optimizer.step()
    state.schedule.step()
    if state.average is not None:
        state.average.update_parameters(state.model)  # type: ignore[operator]


@torch.inference_mode()
def validate(model: Network, val: Resident, cast: Callable[[], Any]) -> tuple[float, float, float]:
    """Loss, accuracy and macro-F1 on all of val."""
    model.eval()
    logits = []
    for x, _ in val.in_order(512):
        with cast():
            logits.append(model(val.input.centre(x).contiguous(memory_format=torch.channels_last)).float().cpu())
    z, true = torch.cat(logits).numpy(), val.labels.cpu().numpy()
    matrix = metrics.confusion(true, z.argmax(1), z.shape[1])
    loss = metrics.negative_log_likelihood(metrics.softmax(z), true)
    return loss, float(metrics.accuracy(matrix)), float(metrics.macro_f1(matrix))


def precision(config: TrainConfig, device: torch.device) -> Callable[[], Any]:
    """bfloat16 autocast where the hardware multiplies it, when the config leaves the choice; float32 otherwise."""
    fast = (
        torch.cuda.is_bf16_supported()
        if device.type == "cuda"
        else torch.cpu.get_capabilities().get("avx512_bf16", False)
    )
    use = config.precision == "bfloat16" or (config.precision == "auto" and fast)
    return lambda: torch.autocast(device.type, torch.bfloat16, enabled=use)
