"""From which confidence on a run's answer to a new photo counts: chosen on val, where the labels are known."""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import load
from dashboard.words import percent
from ferkit import metrics
from ferkit.errors import FerkitError
from ferkit.evaluate.curves import coverage
from ferkit.runs import LOGIT, Run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RIGHT", "sentence", "threshold"]

RIGHT = 0.8  # of the answers that count


def threshold(run: Run, right: float = RIGHT) -> float | None:
    """The lowest calibrated confidence in [0, 1] such that of the val faces answered at least as confidently a share
    `right` is right; infinity where no confidence is enough, None where no predictions on val are stored.

    Selective classification: Geifman and El-Yaniv 2017, arXiv:1705.08500.
    """
    results = run.results()
    if not results.has("val", ".parquet"):
        return None

    def make() -> float | None:
        try:
            return _needed(load.predictions(results, "val"), run, right)
        except FerkitError:
            return None

    key = ("confident from", run.key, load.key_of(results.path / "val.parquet"), right)
    found: float | None = load.cached(key, make)
    return found


def sentence(limit: float | None) -> str:
    """What *unsure* means for this run."""
    if limit is None:
        return ""
    if np.isinf(limit):
        return f"Unsure: at no confidence is this run right on {percent(RIGHT, 0)} of the val faces."
    return (
        f"Unsure: below {percent(limit, 0)} confidence. Of the val faces answered at least as confidently, "
        f"{percent(RIGHT, 0)} are right."
    )


def _needed(frame: "pd.DataFrame", run: Run, right: float) -> float | None:
    if not len(frame):
        return None
    logits = frame[[LOGIT + name for name in run.classes]].to_numpy(np.float64)
    probabilities = metrics.softmax(logits, run.temperature)
    hit = probabilities.argmax(1) == frame["label"].to_numpy()
    needed = coverage(probabilities.max(1), hit).needed(right)
    return float("inf") if needed is None else needed
