"""One epoch over 28,709 faces in at most 60 s, augmentation under a quarter of it, against files, workers and
transforms one by one.

    $ python -m bench.training
    $ python -m bench.training --faces 64 --subset 32 --workers 1 --repeats 1     # does it run? no measurement

The epoch is the one `python -m ferkit train` runs, by the recipe's settings. The peer feeds the same network, by the
same step, from JPEG files: torchvision's ImageFolder, a DataLoader with workers, and the equivalent transforms v2. It
runs on a subset, in turn with ours on the same faces.
"""

import math
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from bench import subjects, timing
from bench.imagefolder import loader
from bench.timing import Claim, Report, Sample, combine
from ferkit.data.faces import Faces
from ferkit.models import Input, build
from ferkit.train import optim
from ferkit.train.augment import augment, mix
from ferkit.train.balance import order
from ferkit.train.config import TrainConfig
from ferkit.train.fit import fit
from ferkit.train.loader import FaceLoader
from ferkit.train.loop import Epoch
from ferkit.train.losses import cross_entropy, soft_targets

__all__ = ["main", "measure"]

LIMIT = 60.0  # seconds
SHARE = 0.25  # of the epoch
VALIDATED = 128  # faces of the smallest val split, which are not part of the time
PACKAGES = ("torch", "torchvision", "pillow")
Batches = Iterator[tuple[Tensor, Tensor]]  # augmented, normalised float32 (B, C, H, W) and labels (B,)


def measure(repeats: int, faces: int, subset: int, workers: int) -> Report:
    """Whole epochs of ours; then one epoch of ours and one of the peer's over the subset, in turn."""
    data, note = subjects.faces(faces + VALIDATED)
    data = replace(data, splits=np.repeat(["train", "val"], [faces, VALIDATED]))
    config, few = subjects.recipe(), data.select(np.arange(subset))
    shape = Input.measure(few.images, config.augment.crop)
    epochs = _whole_epochs(config, data, repeats)
    augmenting = _augmenting(config, data.split("train"), shape, repeats)
    compared = _compared(config, few, shape, workers, repeats)
    complete = combine(f"epoch over {faces:,} faces, whole crops", "s", epochs["whole"])
    share = combine("  augmentation's share of it", "%", [100 * seconds / complete.median for seconds in augmenting])
    rate = combine("  images per second", "1/s", [faces / seconds for seconds in complete.values])
    samples = [
        complete,
        share,
        rate,
        *_shrunk(faces, epochs["shrunk"]),
        *_each(compared, subset, workers),
        *_faster(compared),
    ]
    claims = [
        Claim(f"one epoch over {faces:,} faces, {subjects.RECIPE}", complete.median, LIMIT, "s"),
        Claim("augmentation's share of that epoch", share.median, 100 * SHARE, "%"),
    ]
    notes = _notes(note, faces, subset, statistics.median(compared["files"]))
    return Report("training", repeats, samples, claims, notes, PACKAGES)


def _whole_epochs(config: TrainConfig, faces: Faces, repeats: int) -> dict[str, list[float]]:
    """Seconds of `repeats` epochs on shrunk crops (where the recipe has them) and as many on whole ones, without
    validation."""
    shrunk = repeats if config.augment.small else 0
    done: list[Epoch] = []
    plan = replace(config, epochs=repeats + shrunk, small_epochs=shrunk / (repeats + shrunk), warmup=0)
    with tempfile.TemporaryDirectory() as folder:
        fit(plan, faces, Path(folder), origin={"recipe": subjects.RECIPE}, on_epoch=done.append)
    n = int((faces.splits == "train").sum())
    seconds = [n / epoch.images_per_second for epoch in done]
    return {"shrunk": seconds[:shrunk], "whole": seconds[shrunk:]}


def _augmenting(config: TrainConfig, train: Faces, shape: Input, repeats: int) -> list[float]:
    """Seconds of an epoch's batches, whole crops, with nothing done to them: reading, augmenting, mixing."""
    feed, classes = _resident(config, train, shape), len(train.classes)

    def work() -> None:
        generator = torch.Generator().manual_seed(0)
        for x, labels in feed():
            mix(x, soft_targets(labels, classes, config.label_smoothing), config.augment, generator)

    return timing.alternate({"augment": work}, repeats)["augment"]


def _resident(config: TrainConfig, faces: Faces, shape: Input) -> Callable[[], Batches]:
    """Ours: uint8 faces in memory, augmented a batch at a time."""
    resident = FaceLoader.of(faces, shape, torch.device("cpu"))
    settings = replace(config.augment, small=0)
    generator = torch.Generator().manual_seed(0)

    def feed() -> Batches:
        for rows in order(resident.labels, "none", generator).split(config.batch):
            x, labels = resident.batch(rows)
            yield augment(x, settings, generator), labels

    return feed


def _step(config: TrainConfig, classes: int, shape: Input, steps: int) -> Callable[[Batches], None]:
    """One epoch over any batches: the network, loss, optimiser and averaging of the recipe, one state for all that feed
    it."""
    torch.manual_seed(0)
    model = build(config.model, classes, shape.channels, **config.model_args).to(memory_format=torch.channels_last)
    optimizer = optim.optimizer(model, config)
    schedule, average = optim.schedule(optimizer, config, steps, []), optim.average(model, config.ema)
    generator = torch.Generator().manual_seed(0)
    half = config.precision != "float32" and torch.cpu.get_capabilities().get("avx512_bf16", False)

    def train(batches: Batches) -> None:
        model.train()
        for x, labels in batches:
            x, target = mix(x, soft_targets(labels, classes, config.label_smoothing), config.augment, generator)
            with torch.autocast("cpu", torch.bfloat16, enabled=half):
                logits = model(x.contiguous(memory_format=torch.channels_last))
            loss = cross_entropy(logits, target)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            average.update_parameters(model)

    return train


def _compared(config: TrainConfig, faces: Faces, shape: Input, workers: int, repeats: int) -> dict[str, list[float]]:
    """Seconds of an epoch over `faces`, fed by us and from files, each with the training step and alone."""
    step = _step(config, len(faces.classes), shape, math.ceil(len(faces) / config.batch))
    with tempfile.TemporaryDirectory() as folder:
        files = loader(config.augment, faces, shape, Path(folder), config.batch, workers)
        feeds: dict[str, Callable[[], Batches]] = {
            "ours": _resident(config, faces, shape),
            "files": lambda: iter(files),
        }
        works = {name: _through(feed, step) for name, feed in feeds.items()}
        works |= {f"{name} alone": _through(feed, _drain) for name, feed in feeds.items()}
        return timing.alternate(works, repeats)


def _through(feed: Callable[[], Batches], use: Callable[[Batches], None]) -> Callable[[], None]:
    return lambda: use(feed())


def _drain(batches: Batches) -> None:
    """Take all batches and do nothing with them."""
    for _ in batches:
        continue


def _shrunk(faces: int, seconds: list[float]) -> list[Sample]:
    return (
        [combine(f"epoch over {faces:,} faces, shrunk crops: the recipe's first half", "s", seconds)] if seconds else []
    )


def _each(compared: dict[str, list[float]], subset: int, workers: int) -> list[Sample]:
    names = {
        "ours": "training step, fed by resident tensors, augmented in batches",
        "files": f"training step, fed by ImageFolder, {workers} workers, transforms v2",
        "ours alone": "the first without the network",
        "files alone": "the second without the network",
    }
    return [
        combine(f"{names[name]}: per face", "us", [1e6 * value / subset for value in values])
        for name, values in compared.items()
    ]


def _faster(compared: dict[str, list[float]]) -> list[Sample]:
    return [
        timing.ratios("training: times as fast as from ImageFolder", compared["ours"], compared["files"]),
        timing.ratios("feeding alone: times as fast", compared["ours alone"], compared["files alone"]),
    ]


def _notes(note: str, faces: int, subset: int, seconds: float) -> list[str]:
    return [
        note,
        f"the peer ran on {subset:,} faces, in turn with ours: by that rate {seconds / subset * faces:.1f} s for "
        f"{faces:,}",
        "both take the same step: network, loss, optimiser, averaged weights, mixup and precision; starting the "
        "workers is not counted",
    ]


def main(argv: Sequence[str] | None = None) -> None:
    timing.run(measure, __doc__, argv, repeats=3, faces=28_709, subset=4096, workers=2)


if __name__ == "__main__":
    main()
