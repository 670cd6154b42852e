"""What a killed run needs to continue: everything that changes while training, written after each epoch.

Weights come first, then state.pt, then what reports them: `restore` repairs whichever of these was cut off.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import pandas as pd
import torch

from ferkit import files
from ferkit.errors import RunError
from ferkit.runs import Run
from ferkit.train.place import Place
from ferkit.train.trainer import Trainer

__all__ = ["exists", "remove", "restore", "status_at_end", "store"]


def store(run: Run, trainer: Trainer) -> None:
    """Write state.pt (for `restore` alone; it is removed when the run is finished), history.csv and run.json."""
    state = {
        "model": trainer.model.state_dict(),
        "optimizer": trainer.optimizer.state_dict(),
        "schedule": trainer.scheduler.state_dict(),
        "average": trainer.ema_model.state_dict() if trainer.ema_model is not None else None,
        "history": trainer.history,
        "best": trainer.best,
        "seconds": trainer.seconds,
    }
    with files.atomic_write(run.path / "state.pt") as partial:
        torch.save(state, partial)
    _report(run, trainer)


def _report(run: Run, trainer: Trainer) -> None:
    if trainer.writes:
        with files.atomic_write(run.path / "history.csv") as partial:
            pd.DataFrame(trainer.history).to_csv(partial, index=False)
        run.update(epochs_done=len(trainer.history), seconds=trainer.seconds)


def exists(run: Run) -> bool:
    """Whether there is a state to continue from."""
    return (run.path / "state.pt").is_file()


def restore(run: Run, trainer: Trainer) -> None:
    """Bring `trainer` back to the end of the last complete epoch; without a state it starts at the first epoch.

    Raises RunError for a run that has no state to continue from, or whose state is broken or of another network.
    """
    if not exists(run):
        if run.manifest.epochs_done:
            raise RunError(
                f"{run.name} is {run.manifest.status} and left nothing to resume. Train a new run: --name NEW"
            )
        return
    try:
        state = torch.load(run.path / "state.pt", weights_only=True)
        _load(state, trainer)
    except Exception as error:  # torch raises whatever it pleases over a broken file
        reason = " ".join(str(error).split())[:120]
        raise RunError(f"{run.name}/state.pt cannot be resumed from ({reason}). Train a new run: --name NEW") from error
    _report(run, trainer)


def _load(state: dict[str, Any], trainer: Trainer) -> None:
    trainer.model.load_state_dict(_present_keys(state["model"]))
    trainer.optimizer.load_state_dict(state["optimizer"])
    trainer.scheduler.load_state_dict(state["schedule"])
    if trainer.ema_model is not None:
        trainer.ema_model.load_state_dict(_present_keys(state["average"]))
    trainer.history[:] = state["history"]  # in place: the scheduler reads it
    trainer.best, trainer.seconds = state["best"], state["seconds"]


def _present_keys(weights: dict[str, Any]) -> dict[str, Any]:
    """The head for the votes used to have another name."""
    heads = {"crowd.": "votes_head.", "module.crowd.": "module.votes_head."}
    return {
        next((new + key.removeprefix(old) for old, new in heads.items() if key.startswith(old)), key): value
        for key, value in weights.items()
    }


def remove(run: Run) -> None:
    """Remove what only a resumed run needs."""
    (run.path / "state.pt").unlink(missing_ok=True)


@contextlib.contextmanager
def status_at_end(place: Place, writes: bool) -> Iterator[None]:
    """Leave in run.json how training ended."""
    status = "failed"
    try:
        yield
        status = "finished"
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        if writes:
            place.close(status)
            if status == "finished":
                remove(place.run)
