"""The training loop: one run folder that is valid after every epoch, from the first to the last.

    $ python -m ferkit train --recipe compact-resnet --data fer2013

Everything random in epoch e is drawn from seeds made of (seed, e): the same seed gives the same run, and a run killed at any
moment and resumed gives the run that was never killed.
"""

import contextlib
import functools
import math
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ferkit import metrics
from ferkit.data.faces import Faces, stratified
from ferkit.errors import ConfigError, DataError, RunError, TrainError
from ferkit.models import Input, Network, build, save
from ferkit.runs import Run
from ferkit.train import optim, resume, sharpness
from ferkit.train.augment import augment, mix, randaugment, shrink
from ferkit.train.balance import faces_per_epoch, order
from ferkit.train.batches import Resident
from ferkit.train.cleaning import cleaned
from ferkit.train.config import TrainConfig
from ferkit.train.describe import describe
from ferkit.train.student import Answers, Student

__all__ = ["Epoch", "Step", "fit"]


@dataclass(frozen=True)
class Step:
    """Where training is, for a progress line."""

    epoch: int  # from 1
    epochs: int
    done: int  # faces of this epoch
    total: int
    loss: float  # of this batch


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


@dataclass
class State:
    """All that changes while training."""

    model: Student
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
    shape = Input.measure(train.images, config.augment.crop) if not resumed else Input.of(run.meta)
    if config.augment.crop > shape.size:
        raise ConfigError(f"augment.crop is {config.augment.crop} pixels, but the faces have {shape.size}.")
    answers = Answers.of(train, config, shape, device)
    fields = Resident.of(train, shape, device), Resident.of(val, shape, device)
    state = _start(config, answers, shape, device)
    if resumed:
        _check_same(run, faces)
        resume.restore(run, state)
        run.meta.update(status="training", scores={}, temperature=1.0)  # the old ones are of weights that are about to change
        run.save()
    else:
        if (run.path / "run.json").is_file():  # nothing else is a run to replace
            shutil.rmtree(run.path)
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


def _start(config: TrainConfig, answers: Answers, shape: Input, device: torch.device) -> State:
    torch.manual_seed(config.seed)
    model = Student(build(config.model, answers.classes, shape.channels, **config.model_args), answers.votes)
    model = model.to(memory_format=torch.channels_last).to(device)
    optimizer = optim.optimizer(model, config)
    average = optim.average(model, config.ema) if config.ema else None
    steps = math.ceil(faces_per_epoch(answers.counts, config.balance) / config.batch)
    history: list[dict[str, Any]] = []
    return State(model, optimizer, optim.schedule(optimizer, config, steps, history), average, history)


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
        loss, right = _epoch(config, state, answers, train, number, on_step)
        trained = time.perf_counter() - began
        told = _validate(state.judged, val, _precision(config, val.images.device))
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


def _epoch(
    config: TrainConfig, state: State, answers: Answers, train: Resident, number: int, on_step: Callable[[Step], None]
) -> tuple[float, float]:
    """One pass; returns mean loss and accuracy over the augmented faces."""
    torch.manual_seed(config.seed * 100_003 + number)  # dropout
    generator = torch.Generator().manual_seed(config.seed * 100_003 + number)
    seen = order(train.labels.cpu(), config.balance, generator)
    cast = _precision(config, train.images.device)
    shrunk = number <= config.small_epochs * config.epochs
    settings = config.augment if shrunk else replace(config.augment, small=0)
    drawn = replace(settings, small=0) if answers.panel else settings  # teachers see all pixels of the crop
    state.model.train()
    done, losses, right = 0, 0.0, 0.0
    for rows in seen.split(config.batch):
        rows = rows.to(train.images.device)
        x = augment(train.normalised(randaugment(train.images[rows], settings, generator)), drawn, generator)
        x, target = mix(x, answers.table[rows], settings, generator)
        with cast():
            target = answers.heard(x, target)
        x = shrink(x, settings.small).contiguous(memory_format=torch.channels_last)
        judge = functools.partial(_judge, state.model, answers, x, target, cast)
        loss, logits = judge()
        _step(config, state, loss, judge, number)
        done += len(rows)
        losses += loss.item() * len(rows)
        right += answers.right(logits, target)
        on_step(Step(number, config.epochs, done, len(seen), loss.item()))
    return losses / done, right / done


def _judge(model: Student, answers: Answers, x: Tensor, target: Tensor, cast: Callable[[], Any]) -> tuple[Tensor, Tensor]:
    with cast():
        logits = model(x)
    return answers.loss(logits, target), logits


def _step(config: TrainConfig, state: State, loss: Tensor, again: Callable[[], tuple[Tensor, Tensor]], number: int) -> None:
    if not math.isfinite(loss.item()):
        rate = state.optimizer.param_groups[0]["lr"]
        raise TrainError(
            f"The loss is {loss.item()} in epoch {number} at learning rate {rate:.3g}. Try a smaller one: --set lr={config.lr / 3:.2g}"
        )
    state.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    if config.sam:
        with sharpness.uphill(state.model, config.sam):
            state.optimizer.zero_grad(set_to_none=True)
            again()[0].backward()
    if config.clip:
        nn.utils.clip_grad_norm_(state.model.parameters(), config.clip)
    state.optimizer.step()
    state.schedule.step()
    if state.average is not None:
        state.average.update_parameters(state.model)  # type: ignore[operator]


@torch.inference_mode()
def _validate(model: Network, val: Resident, cast: Callable[[], Any]) -> tuple[float, float, float]:
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


def _precision(config: TrainConfig, device: torch.device) -> Callable[[], Any]:
    """bfloat16 autocast where the hardware multiplies it, when the config leaves the choice; float32 otherwise."""
    fast = torch.cuda.is_bf16_supported() if device.type == "cuda" else torch.cpu.get_capabilities().get("avx512_bf16", False)
    use = config.precision == "bfloat16" or (config.precision == "auto" and fast)
    return lambda: torch.autocast(device.type, torch.bfloat16, enabled=use)
