"""The state of a run's training, its pace, and what to do next."""

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd

from dashboard.words import code, percent, plain
from ferkit.runs import Run

__all__ = ["Standing", "sentence", "standing", "summary"]

BADGES = {
    "finished": ("green", "check"),
    "training": ("blue", "autorenew"),
    "interrupted": ("orange", "pause"),
    "failed": ("red", "error"),
}
PATIENCE = 5  # epochs without a sign of life after which a run in training counts as stopped
SHORTEST = 300.0  # seconds; and no sooner than this


@dataclass(frozen=True)
class Standing:
    """A badge, and a message where there is something to do."""

    label: str
    colour: str
    icon: str
    advice: str = ""


def standing(run: Run, history: pd.DataFrame) -> Standing:
    """finished, training, stalled (probably killed), interrupted or failed."""
    status, done, epochs = run.manifest.status, run.manifest.epochs_done, run.manifest.config.get("epochs")
    label = f"{plain(run.name)}: {status}" + (f", epoch {done} of {epochs}" if epochs else "")
    colour, icon = BADGES.get(status, ("gray", "help"))
    resume = f"Resume it: {code(f'python -m ferkit train --resume --name {run.name}')}"
    if status == "training" and (silence := _silence(run, history)):
        advice = f"**{plain(run.name)}** has written nothing for {silence}; its process has probably stopped. {resume}"
        return Standing(f"{label}, stalled", "orange", "pause", advice)
    if status in ("interrupted", "failed"):
        return Standing(label, colour, icon, f"**{plain(run.name)}** was {status} after {done} epochs. {resume}")
    return Standing(label, colour, icon)


def _silence(run: Run, history: pd.DataFrame) -> str:
    """How long a run has not written, if that is too long for its pace; "" otherwise."""
    written = max((path.stat().st_mtime for path in run.path.glob("*.*")), default=0.0)
    pace = float(history["seconds"].mean()) if len(history) and "seconds" in history else 600.0
    seconds = time.time() - written
    return _span(seconds) if seconds > max(SHORTEST, PATIENCE * pace) else ""


def sentence(name: str, history: pd.DataFrame) -> str:
    """How a run learned: its best epoch, and whether it was still improving at the end."""
    values = history["val_accuracy"]
    best = int(values.to_numpy().argmax())
    epoch = f"epoch {history['epoch'].iloc[best]:.0f} of {len(history)}"
    summary = f"**{plain(name)} reached {percent(values.iloc[best])} val accuracy in {epoch}.**"
    tail = max(3, len(history) // 10)
    if len(history) < 2 * tail:
        return summary
    gain = values.iloc[-tail:].mean() - values.iloc[-2 * tail : -tail].mean()
    side = "above" if gain >= 0 else "below"
    return f"{summary} The mean of its last {tail} epochs is {100 * abs(gain):.1f} points {side} the {tail} before."


def summary(run: Run, history: pd.DataFrame) -> dict[str, Any]:
    """One row: pace, time and the best epoch of a run with a history; accuracies as shares."""
    best = history.iloc[int(history["val_accuracy"].to_numpy().argmax())]
    return {
        "run": run.name,
        "epochs": len(history),
        "best val accuracy": float(best["val_accuracy"]),
        "best epoch": int(best["epoch"]),
        "last val accuracy": float(history["val_accuracy"].iloc[-1]),
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
