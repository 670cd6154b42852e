"""What a web page says of its network: plain values for card.json."""

from typing import Any

import numpy as np

import ferkit
from ferkit import metrics, runs
from ferkit.colours import of_classes
from ferkit.errors import FerkitError
from ferkit.report.limits import limits
from ferkit.report.web_means import WebMeans
from ferkit.runs import Run, Scores

__all__ = ["web_card"]


def web_card(run: Run, means: WebMeans | None = None) -> dict[str, Any]:
    """Classes, colours, input, limits, and on test, or else val, the scores with 95% intervals and the confusion
    matrix (rows true, columns predicted); None where they are not stored; and what the picture of the means shows."""
    manifest, spec = run.manifest, run.manifest.input
    split = next((split for split in ("test", "val") if split in manifest.scores), None)
    return {
        "run": run.name,
        "ferkit": ferkit.__version__,
        "network": manifest.model.name,
        "parameters": manifest.parameters,
        "macs": manifest.macs,
        "dataset": run.dataset,
        "classes": list(run.classes),
        "colours": of_classes(run.classes),
        "input": {"size": spec.size, "channels": spec.channels, "crop": spec.crop},
        "scores": _scores(run, manifest.scores[split], split) if split else None,
        "confusion": _confusion(run, split) if split else None,
        "means": means.metadata if means else None,
        "limits": limits(run),
    }


def _scores(run: Run, scores: Scores, split: str) -> dict[str, Any]:
    headline = {"n", "accuracy", "accuracy_interval", "macro_f1", "macro_f1_interval", "ece"}
    per_class = {name: scores.per_class[name].model_dump(mode="json") for name in run.classes}
    return {"split": split, **scores.model_dump(mode="json", include=headline), "per_class": per_class}


def _confusion(run: Run, split: str) -> list[list[int]] | None:
    try:
        table = run.results().predictions(split)
    except FerkitError:
        return None
    logits = table[[runs.LOGIT + name for name in run.classes]].to_numpy(np.float32)
    matrix: list[list[int]] = metrics.confusion(table["label"].to_numpy(), logits.argmax(1), len(run.classes)).tolist()
    return matrix
