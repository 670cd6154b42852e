"""How a run's training stands: its state, its pace, and what comes next."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from ferkit.runs import Run

__all__ = ["Standing", "standing", "summary"]

BADGES = {
    "finished": ("green", "check"),
    "training": ("blue", "autorenew"),
    "interrupted": ("orange", "pause"),
    "failed": ("red", "error"),
}
PATIENCE = 5  # epochs of silence after which a run that says "training" has surely stopped
SHORTEST = 300.0  # seconds; and no sooner than this


@dataclass(frozen=True)
class Standing:
    """What a badge says, and a sentence where there is something to do."""

    label: str
    colour: str
    icon: str
    advice: str = ""


def standing(run: Run, history: pd.DataFrame) -> Standing:
    """finished, training, silent (killed, as far as one can see), interrupted or failed."""
    status, done, epochs = run.manifest.status, run.manifest.epochs_done, run.manifest.config.get("epochs")
    told = f"{run.name}: {status}" + (f", epoch {done} of {epochs}" if epochs else "")
    colour, icon = BADGES.get(status, ("gray", "help"))
    resume = f"Go on: `python -m ferkit train --resume --name {run.name}`"
    if status == "training" and (silent := _silence(run, history)):
        return Standing(f"{told}, silent", "orange", "pause", f"**{run.name}** has said nothing for {silent}. {resume}")
    if status in ("interrupted", "failed"):
        return Standing(told, colour, icon, f"**{run.name}** was {status} after {done} epochs. {resume}")
    return Standing(told, colour, icon)


def _silence(run: Run, history: pd.DataFrame) -> str:
    """How long a run has not written, if that is too long for its pace; "" otherwise."""
    written = max((path.stat().st_mtime for path in run.path.glob("*.*")), default=0.0)
    pace = float(history["seconds"].mean()) if len(history) and "seconds" in history else 600.0
    seconds = time.time() - written
    return _span(seconds) if seconds > max(SHORTEST, PATIENCE * pace) else ""


def summary(run: Run, history: pd.DataFrame) -> dict[str, Any]:
    """One row: pace, time and the best epoch of a run with a history."""
    best = history.iloc[int(history["val_accuracy"].to_numpy().argmax())]
    return {
        "run": run.name,
        "epochs": len(history),
        "best val": 100 * float(best["val_accuracy"]),
        "in epoch": int(best["epoch"]),
        "last val": 100 * float(history["val_accuracy"].iloc[-1]),
        "time": _span(float(history["seconds"].sum())),
        "s/epoch": float(history["seconds"].median()),
        "images/s": float(history["images_per_second"].median()),
        "device": run.manifest.device,
        "selection": run.manifest.selection,
    }


def _span(seconds: float) -> str:
    """5025 -> "1 h 23 min"."""
    hours, minutes = divmod(int(timedelta(seconds=seconds).total_seconds() / 60 + 0.5), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min" if minutes else f"{seconds:.0f} s"
