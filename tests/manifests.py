"""Manifests and scores for tests that need a run folder but no training."""

from typing import Any

from ferkit.runs import ClassScores, DataSpec, Headline, InputSpec, Manifest, ModelSpec, Scores


def headline(accuracy: float = 0.5, n: int = 10) -> dict[str, Any]:
    return {
        "n": n,
        "accuracy": accuracy,
        "accuracy_interval": (max(0, accuracy - 0.1), min(1, accuracy + 0.1)),
        "macro_f1": accuracy * 0.9,
        "macro_f1_interval": (0.2, 0.9),
        "balanced_accuracy": accuracy * 0.95,
    }


def scores(classes: tuple[str, ...], accuracy: float = 0.5, **changes: Any) -> Scores:
    """Scores of that accuracy, of which `changes` replace single values."""
    row = ClassScores(precision=0.5, recall=0.5, recall_interval=(0.4, 0.6), f1=0.5, support=5)
    values = {
        **headline(accuracy),
        "data": "faces",
        "fingerprint": "f",
        "top2": 0.8,
        "ece": 0.03,
        "nll": 1.0,
        "ece_uncalibrated": 0.05,
        "nll_uncalibrated": 1.1,
        "per_class": dict.fromkeys(classes, row),
        "dedup": Headline(**headline(max(0, accuracy - 0.02), 9)),
    }
    return Scores(**values | changes)


def manifest(classes: tuple[str, ...] = ("Sad", "Happy"), **changes: Any) -> Manifest:
    """A finished run of a lenet on `faces`, of which `changes` replace single values."""
    values = {
        "status": "finished",
        "model": ModelSpec(name="lenet", args={"dropout": 0.1}),
        "classes": classes,
        "input": InputSpec(size=8, channels=1, mean=(0.5,), std=(0.2,)),
        "parameters": 1000,
        "macs": 5000,
        "data": DataSpec(name="faces", fingerprint="f"),
    }
    return Manifest(**values | changes)
