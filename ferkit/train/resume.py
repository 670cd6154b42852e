"""What a killed run needs to go on: everything that changes while training, written whole after each epoch.

Weights come first, then state.pt, then what tells of them: whichever of these a kill cuts off, `restore` makes good.
"""

from typing import TYPE_CHECKING

import pandas as pd
import torch

from ferkit import files
from ferkit.errors import RunError
from ferkit.runs import Run

if TYPE_CHECKING:
    from ferkit.train.state import State

__all__ = ["forget", "left", "restore", "store"]


def store(run: Run, state: "State") -> None:
    """Write state.pt (for `restore` alone; it goes when the run is finished), history.csv and run.json."""
    kept = {
        "model": state.model.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "schedule": state.schedule.state_dict(),
        "average": state.average.state_dict() if state.average is not None else None,
        "history": state.history,
        "best": state.best,
        "seconds": state.seconds,
    }
    with files.atomic_write(run.path / "state.pt") as partial:
        torch.save(kept, partial)
    _report(run, state)


def _report(run: Run, state: "State") -> None:
    if state.engine.is_main_process:
        with files.atomic_write(run.path / "history.csv") as partial:
            pd.DataFrame(state.history).to_csv(partial, index=False)
        run.update(epochs_done=len(state.history), seconds=state.seconds)


def left(run: Run) -> bool:
    """Whether there is a state to go on from."""
    return (run.path / "state.pt").is_file()


def restore(run: Run, state: "State") -> None:
    """Bring `state` back to the end of the last whole epoch. Nothing to bring back means starting at the first
    epoch."""
    if not left(run):
        if run.manifest.epochs_done:
            raise RunError(
                f"{run.name} is {run.manifest.status} and left nothing to resume. Train a new run: --name NEW"
            )
        return
    kept = torch.load(run.path / "state.pt", weights_only=True)
    state.model.load_state_dict(kept["model"])
    state.optimizer.load_state_dict(kept["optimizer"])
    state.schedule.load_state_dict(kept["schedule"])
    if state.average is not None:
        state.average.load_state_dict(kept["average"])
    state.history[:] = kept["history"]  # in place: the schedule reads it
    state.best, state.seconds = kept["best"], kept["seconds"]
    _report(run, state)


def forget(run: Run) -> None:
    """Remove what only a resumed run needs."""
    (run.path / "state.pt").unlink(missing_ok=True)
