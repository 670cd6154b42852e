"""Reports of a training to other tools while it runs: Weights & Biases or TensorBoard, off unless asked for.

with tracker("tensorboard", path.name) as track:
    run = fit(config, faces, path, on_epoch=track.epoch)
    track.scores(run, evaluate(run, faces, "val"))
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from ferkit import files
from ferkit.errors import ConfigError
from ferkit.runs import Run, Scores, open_run, settings
from ferkit.train.loop import Epoch

__all__ = ["TRACKERS", "Tracker", "tracker"]


class Tracker(Protocol):
    """Where epochs and scores are reported to."""

    def epoch(self, row: Epoch) -> None:
        """After each epoch."""

    def scores(self, run: Run, scores: Scores) -> None:
        """After the evaluation on val."""


class NoTracker:
    """Reports nothing."""

    def epoch(self, row: Epoch) -> None:
        pass

    def scores(self, run: Run, scores: Scores) -> None:
        pass


class WandB:
    """A run of the project `ferkit`, or of WANDB_PROJECT; WANDB_MODE=offline writes it next to the checkpoints for
    `wandb sync`."""

    def __init__(self, name: str) -> None:
        import wandb

        self.name = name
        self.session = wandb.init(name=name, dir=str(_home("wandb")), reinit="finish_previous")

    def epoch(self, row: Epoch) -> None:
        if row.epoch == 1:
            run = open_run(self.name)
            self.session.config.update({"recipe": run.manifest.recipe, **settings(run)})
        self.session.log({key: value for key, value in asdict(row).items() if key != "epoch"}, step=row.epoch)

    def scores(self, run: Run, scores: Scores) -> None:
        self.session.summary.update(_flat(scores))

    def close(self) -> None:
        self.session.finish()


class TensorBoard:
    """Event files next to the checkpoints: `tensorboard --logdir checkpoints/.tensorboard`."""

    def __init__(self, name: str) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.writer = SummaryWriter(str(_home("tensorboard") / name))

    def epoch(self, row: Epoch) -> None:
        for key, value in asdict(row).items():
            if key != "epoch":
                self.writer.add_scalar(key, value, row.epoch)

    def scores(self, run: Run, scores: Scores) -> None:
        plain = {key: value for key, value in settings(run).items() if isinstance(value, str | int | float | bool)}
        self.writer.add_hparams(plain, _flat(scores), run_name="scores")

    def close(self) -> None:
        self.writer.close()


TRACKERS: dict[str, Callable[[str], Any]] = {"wandb": WandB, "tensorboard": TensorBoard}


@contextlib.contextmanager
def tracker(name: str | None, run: str) -> Iterator[Tracker]:
    """The tracker of that name for a run of that name, or one that reports nothing.

    Raises ConfigError for an unknown one, or where its package is missing."""
    if not name:
        yield NoTracker()
        return
    if name not in TRACKERS:
        raise ConfigError(f"Trackers are {' and '.join(TRACKERS)}; got {name!r}.")
    try:
        made = TRACKERS[name](run)
    except ImportError as error:
        raise ConfigError(f"--track {name} needs a package that is not installed: pip install {name}") from error
    except Exception as error:  # anything wandb raises without a login or a network
        raise ConfigError(
            f"{name} cannot start ({' '.join(str(error).split())[:200]}). "
            "For wandb without a network: WANDB_MODE=offline"
        ) from error
    try:
        yield made
    finally:
        made.close()


def _flat(scores: Scores) -> dict[str, float]:
    """The headline of the scores."""
    return {
        f"val_{key}": getattr(scores, key)
        for key in ("accuracy", "macro_f1", "balanced_accuracy", "top2", "nll", "ece")
    }


def _home(name: str) -> Path:
    home = files.runs_dir() / f".{name}"
    home.mkdir(parents=True, exist_ok=True)
    return home
