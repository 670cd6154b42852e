"""The effect of corrected labels on a run's scores: the same predictions against the labels as released and as
corrected.

found = effect(run.results(), "val", corrections)
found.sentence  # With 12 corrected labels accuracy is 70.1% instead of 69.8% (+0.3 points [+0.1, +0.5], p = 0.004).

Plain numpy, for pages.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ferkit import metrics
from ferkit.data.corrections import Corrections
from ferkit.errors import DataError
from ferkit.evaluate.compare import resampled
from ferkit.evaluate.labels import UNKNOWN
from ferkit.evaluate.significance import LEVEL, mcnemar
from ferkit.runs import Results

__all__ = ["Effect", "effect", "of_labels"]


@dataclass(frozen=True, eq=False)
class Effect:
    """Scores of one run on n faces before and after their labels were corrected; differences are after - before."""

    n: int
    changed: np.ndarray  # int64 (M,): rows whose label was corrected
    before: dict[str, Any]  # as `metrics.headline`
    after: dict[str, Any]
    recall_before: np.ndarray  # float64 (C,)
    recall_after: np.ndarray
    accuracy: float
    accuracy_interval: tuple[float, float]  # paired bootstrap, 95%
    macro_f1: float
    macro_f1_interval: tuple[float, float]
    fixed: np.ndarray  # rows that were wrong and are right now
    broken: np.ndarray  # rows that were right and are wrong now
    p: float  # exact McNemar, two-sided

    def as_json(self) -> dict[str, Any]:
        """Plain values: how many labels changed, the scores with them, and the differences with intervals and p."""
        return {
            "labels": len(self.changed),
            **self.after,
            "accuracy_difference": self.accuracy,
            "accuracy_difference_interval": self.accuracy_interval,
            "macro_f1_difference": self.macro_f1,
            "macro_f1_difference_interval": self.macro_f1_interval,
            "p": self.p,
        }

    @property
    def sentence(self) -> str:
        """One plain sentence."""
        count = f"{len(self.changed):,} corrected label" + ("" if len(self.changed) == 1 else "s")
        if not len(self.changed):
            return f"No label of these {self.n:,} faces is corrected."
        low, high = (f"{100 * end:+z.1f}" for end in self.accuracy_interval)
        chance = "p < 0.001" if self.p < 0.001 else f"p = {self.p:.2g}"
        difference = f"{100 * self.accuracy:+.1f} points [{low}, {high}], {chance}".replace("-", "−")
        after, before = (f"{values['accuracy']:.1%}" for values in (self.after, self.before))
        return f"With {count} accuracy is {after} instead of {before} ({difference})."


def effect(results: Results, split: str, corrections: Corrections) -> Effect:
    """The scores that a run has stored for a split, with and without the corrections.

    Labels are matched to the run's classes by name; a correction to a class that the run does not have is left out.
    Raises RunError where the split was not scored, DataError where no face of it is corrected.
    """
    table = results.predictions(split)
    before = table["label"].to_numpy(np.int64)
    place = {name.strip().casefold(): i for i, name in enumerate(results.classes)}
    labels = (corrections.labels.get(face) for face in table["id"].tolist())
    given = np.array([UNKNOWN if name is None else place.get(name.strip().casefold(), UNKNOWN) for name in labels])
    after = np.where(given == UNKNOWN, before, given)
    if not (given != UNKNOWN).any():
        raise DataError(
            f"{corrections.source} corrects no face of {split} that was scored here. Choose the split its faces are in."
        )
    return of_labels(before, after, results.logits(split).argmax(1), len(results.classes))


def of_labels(before: np.ndarray, after: np.ndarray, predicted: np.ndarray, classes: int, seed: int = 0) -> Effect:
    """The effect on predictions (N,) of the labels `after` (N,) in place of `before` (N,), all class indices in [0,
    classes)."""
    matrices = [metrics.confusion(labels, predicted, classes) for labels in (before, after)]
    # the bootstrap of two label sets against one prediction: rows and columns change places
    drawn = [matrix.swapaxes(-1, -2) for matrix in resampled(predicted, before, after, classes, seed)]
    fixed = np.flatnonzero((predicted != before) & (predicted == after))
    broken = np.flatnonzero((predicted == before) & (predicted != after))
    return Effect(
        n=len(before),
        changed=np.flatnonzero(before != after),
        before=metrics.headline(matrices[0]),
        after=metrics.headline(matrices[1]),
        recall_before=metrics.recall(matrices[0]),
        recall_after=metrics.recall(matrices[1]),
        accuracy=float(metrics.accuracy(matrices[1]) - metrics.accuracy(matrices[0])),
        accuracy_interval=_interval(metrics.accuracy(drawn[1]) - metrics.accuracy(drawn[0])),
        macro_f1=float(metrics.macro_f1(matrices[1]) - metrics.macro_f1(matrices[0])),
        macro_f1_interval=_interval(metrics.macro_f1(drawn[1]) - metrics.macro_f1(drawn[0])),
        fixed=fixed,
        broken=broken,
        p=mcnemar(len(fixed), len(broken)),
    )


def _interval(differences: np.ndarray) -> tuple[float, float]:
    low, high = np.quantile(differences, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
