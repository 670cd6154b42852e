"""What readings of one person may be corrected with: how this run reads neutral faces, and its mix in training."""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import load
from dashboard.components.player import Corrections
from ferkit import metrics
from ferkit.errors import FerkitError
from ferkit.evaluate.logit_adjustment import effective_prior
from ferkit.predict.neutral import typical_neutral
from ferkit.runs import LOGIT, Run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["of"]


def of(run: Run) -> Corrections:
    """Of val, where the run was scored on it; what is not known is not offered."""
    return Corrections(_typical(run), _trained(run))


def _typical(run: Run) -> np.ndarray | None:
    results = run.results()
    if not results.has("val", ".parquet"):
        return None
    try:
        frame: pd.DataFrame = load.predictions(results, "val")
    except FerkitError:
        return None
    logits = frame[[LOGIT + name for name in run.classes]].to_numpy(np.float64)
    return typical_neutral(metrics.softmax(logits, run.temperature), frame["label"].to_numpy(), run.classes)


def _trained(run: Run) -> np.ndarray | None:
    try:
        return effective_prior(run, run.classes)
    except FerkitError:
        return None
