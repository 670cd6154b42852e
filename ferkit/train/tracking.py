"""What a training tells other tools while it runs: Weights & Biases or TensorBoard, off unless asked for.

with tracker("tensorboard", run) as track:
    fit(config, faces, run, on_epoch=track.epoch)
    track.scores(evaluate(run, faces, "val"))
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from ferkit import files
from ferkit.errors import ConfigError
from ferkit.runs import Run, settings
from ferkit.train.loop import Epoch

__all__ = ["TRACKERS", "Tracker", "tracker"]


class Tracker(Protocol):
    """Whoever is told."""

    def epoch(self, row: Epoch) -> None:
        """After each epoch."""

    def scores(self, told: dict[str, Any]) -> None:
        """After the evaluation on val."""


class Nobody:
    """Tells no one."""

    def epoch(self, row: Epoch) -> None:
        pass

    def scores(self, told: dict[str, Any]) -> None:
        pass


class WandB:
    """A run of the project `ferkit`, or of WANDB_PROJECT; WANDB_MODE=offline writes it beside the checkpoints for
    `wandb sync`."""

    def __init__(self, run: Run) -> None:
        import wandb

        self.run, self.wandb = run, wandb
        self.session = wandb.init(
            name=run.name, dir=str(_home("wandb")), config={"recipe": run.meta.get("recipe")}, reinit="finish_previous"
        )

    def epoch(self, row: Epoch) -> None:
        if row.epoch == 1:
            self.session.config.update(settings(self.run))
        self.session.log({key: value for key, value in asdict(row).items() if key != "epoch"}, step=row.epoch)

    def scores(self, told: dict[str, Any]) -> None:
        self.session.summary.update(_flat(told))

    def close(self) -> None:
        self.session.finish()


class TensorBoard:
    """Event files beside the checkpoints: `tensorboard --logdir checkpoints/.tensorboard`."""

    def __init__(self, run: Run) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.run, self.writer = run, SummaryWriter(str(_home("tensorboard") / run.name))

    def epoch(self, row: Epoch) -> None:
        for key, value in asdict(row).items():
            if key != "epoch":
                self.writer.add_scalar(key, value, row.epoch)

    def scores(self, told: dict[str, Any]) -> None:
        plain = {key: value for key, value in settings(self.run).items() if isinstance(value, str | int | float | bool)}
        self.writer.add_hparams(plain, _flat(told), run_name="scores")

    def close(self) -> None:
        self.writer.close()


TRACKERS: dict[str, Callable[[Run], Any]] = {"wandb": WandB, "tensorboard": TensorBoard}


@contextlib.contextmanager
def tracker(name: str | None, run: Run) -> Iterator[Tracker]:
    """The tracker of that name, or one that tells nobody. Raises ConfigError for an unknown one, or where its package
    is missing."""
    if not name:
        yield Nobody()
        return
    if name not in TRACKERS:
        raise ConfigError(f"Trackers are {' and '.join(TRACKERS)}; got {name!r}.")
    try:
        made = TRACKERS[name](run)
    except ImportError as error:
        raise ConfigError(f"--track {name} needs a package that is not installed: pip install {name}") from error
    except Exception as error:  # whatever wandb raises without a login or a network
        raise ConfigError(
            f"{name} cannot begin ({' '.join(str(error).split())[:200]}). For wandb without a network: WANDB_MODE=offline"
        ) from error
    try:
        yield made
    finally:
        made.close()


def _flat(told: dict[str, Any]) -> dict[str, float]:
    """The headline of the scores."""
    return {
        f"val_{key}": float(told[key]) for key in ("accuracy", "macro_f1", "balanced_accuracy", "top2", "nll", "ece")
    }


def _home(name: str) -> Path:
    home = files.runs_dir() / f".{name}"
    home.mkdir(parents=True, exist_ok=True)
    return home
