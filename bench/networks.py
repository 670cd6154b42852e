"""How fast each network trains and reads faces, and how much memory it takes: every recipe's, each in its own process.

    $ python -m bench.networks
    $ python -m bench.networks --batches 2 --repeats 1 --smallest 1     # does it run? no measurement

Trained by the recipe's settings on its largest crops, as `python -m ferkit train` does. Memory is the most the process
held while it trained, less what it held before, with everything imported and the faces loaded.
"""

import contextlib
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import torch

from bench import ROOT, subjects, timing
from bench.timing import Report, Sample, combine
from ferkit.models import Input, build, count_macs, count_parameters
from ferkit.models.registry import sketch
from ferkit.train.accelerator import precision
from ferkit.train.config import TrainConfig, from_recipe, recipes
from ferkit.train.epoch import Step
from ferkit.train.fit import fit

__all__ = ["main", "measure"]

READ = 64  # faces at once
ONE = "--one"  # makes a subprocess measure a single network
PACKAGES = ("torch", "torchvision")


def measure(repeats: int, batches: int, smallest: int) -> Report:
    """Every network of the recipes; with `smallest` above zero only so many, the smallest ones."""
    note = subjects.faces(1)[1]
    sizes = {name: _size(_alone(name)) for name in recipes()}
    chosen = sorted(sizes, key=lambda name: sizes[name])[: smallest or None]
    samples: list[Sample] = []
    for name in chosen:
        measured = _fresh(name, repeats, batches)
        parameters, macs = sizes[name]
        about = f"{name}: {parameters:,} parameters, {macs / 1e6:,.0f} million multiply-adds"
        samples += [
            combine(about, "trained/s", measured["trained"]),
            combine("  reading", "faces/s", measured["read"]),
            combine("  memory of the training", "MB", measured["megabytes"]),
        ]
    notes = [f"Trained on {note}, batches of the recipe's size; read {READ} at once. Without teachers and votes."]
    return Report("networks", repeats, samples, notes=notes, packages=PACKAGES)


def _size(config: TrainConfig) -> tuple[int, int]:
    model = sketch(config.model, 7, 1, **config.model_args)
    return count_parameters(model), count_macs(model, 1, config.augment.crop or 48)


def _alone(name: str) -> TrainConfig:
    """A recipe without those it learns from."""
    return replace(from_recipe(name), teacher="", votes=0.0)


def _fresh(name: str, repeats: int, batches: int) -> dict[str, list[float]]:
    """What `_one` measures in its own process."""
    command = [sys.executable, "-m", "bench.networks", ONE, name, str(repeats), str(batches)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _measure_here(config: TrainConfig, repeats: int, batches: int) -> dict[str, list[float]]:
    """Images per second in training and in reading, and MB.

    One epoch of `batches` batches after another; the first batch of each, in which the kernels are made ready, does not
    count.
    """
    n = config.batch * (batches + 1)
    faces = subjects.faces(n + READ)[0]
    faces = replace(faces, splits=np.repeat(["train", "val"], [n, READ]))
    plan = replace(config, epochs=repeats, warmup=0.0, small_epochs=0.0, patience=0)
    ends: list[tuple[Step, float]] = []
    with tempfile.TemporaryDirectory() as folder, _watched() as held:
        fit(
            plan,
            faces,
            Path(folder),
            origin={"recipe": config.model},
            on_step=lambda step: ends.append((step, time.perf_counter())),
        )
    return {"trained": _rates(ends), "read": _reading(config, repeats), "megabytes": [(max(held) - held[0]) / 1e6]}


def _rates(ends: list[tuple[Step, float]]) -> list[float]:
    """Images per second of each epoch, from the end of its first batch to the end of its last."""
    rates = []
    for number in range(1, ends[-1][0].epoch + 1):
        steps = [(step.done, at) for step, at in ends if step.epoch == number]
        rates.append((steps[-1][0] - steps[0][0]) / (steps[-1][1] - steps[0][1]))
    return rates


def _reading(config: TrainConfig, repeats: int) -> list[float]:
    faces = subjects.faces(READ)[0]
    shape = Input.measure(faces.images, config.augment.crop, config.size)
    model = (
        build(config.model, len(faces.classes), shape.channels, **config.model_args)
        .eval()
        .to(memory_format=torch.channels_last)
    )
    x, cast = torch.randn(READ, shape.channels, shape.side, shape.side), precision(config, torch.device("cpu"))

    def work() -> None:
        with torch.inference_mode(), cast():
            model(x.contiguous(memory_format=torch.channels_last))

    return [READ / seconds for seconds in timing.alternate({"read": work}, repeats)["read"]]


@contextlib.contextmanager
def _watched() -> Iterator[list[int]]:
    """The bytes this process holds, looked at every few milliseconds: what it held once, while it was made ready, is
    not counted."""
    process, over = psutil.Process(), threading.Event()
    held = [process.memory_info().rss]

    def watch() -> None:
        while not over.wait(0.003):
            held.append(process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield held
    finally:
        over.set()
        watcher.join()


def main(argv: Sequence[str] | None = None) -> None:
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == [ONE]:
        print(json.dumps(_measure_here(_alone(words[1]), int(words[2]), int(words[3]))))
        return
    timing.run(measure, __doc__, argv, repeats=3, batches=3, smallest=0)


if __name__ == "__main__":
    main()
