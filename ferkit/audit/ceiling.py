"""The human ceiling: how often one person is right where the others decide what is right. Plain numpy, for pages."""

from dataclasses import dataclass

import numpy as np

from ferkit.audit.crowd import Crowd

__all__ = ["Agreement", "Ceiling", "ceiling", "one_against_the_rest"]

Z = 1.959963984540054  # of a 95% interval


@dataclass(frozen=True)
class Agreement:
    """How often one person says what is expected, over `n` faces, with a 95% interval."""

    share: float
    interval: tuple[float, float]
    n: int


@dataclass(frozen=True)
class Ceiling:
    """What one person reaches: over all faces, and on the faces of each class (None without a face)."""

    overall: Agreement
    per_class: tuple[Agreement | None, ...]


def one_against_the_rest(crowd: Crowd) -> np.ndarray:
    """How often one voter, drawn at random, chose the class that most of the others chose, float64 (N,).

    Each vote is left out in turn; the reference is the class with the most of the remaining votes, and where k classes
    share the lead, naming one of them counts 1 / k. Votes for no class are never right and never the reference. NaN
    where no other vote is for a class.
    """
    counts, total = crowd.counts, crowd.total
    right, asked = np.zeros(len(counts)), np.zeros(len(counts))
    for label in range(crowd.classes):
        rest = counts.copy()
        rest[:, label] -= 1
        best = rest.max(1)
        leads = (rest[:, label] == best) & (best > 0)
        ties = (rest == best[:, None]).sum(1)
        weight = np.where(best > 0, counts[:, label], 0)
        right += weight * leads / ties
        asked += weight
    other = np.where(counts.max(1) > 0, total - counts.sum(1), 0)  # voters for no class, whom the others contradict
    return np.where(asked + other > 0, right / np.maximum(asked + other, 1), np.nan)


def ceiling(crowd: Crowd, labels: np.ndarray, classes: int, *, against_label: bool = False) -> Ceiling:
    """The accuracy of one person against the others (`one_against_the_rest`), or with `against_label` against the
    released labels (N,); per class of the labels. The interval is the mean of the faces ± 1.96 standard errors."""
    values = crowd.agreement(labels) if against_label else one_against_the_rest(crowd)
    parts = [values[labels == c] for c in range(classes)]
    return Ceiling(_agreement(values) or Agreement(0.0, (0.0, 1.0), 0), tuple(map(_agreement, parts)))


def _agreement(values: np.ndarray) -> Agreement | None:
    values = values[~np.isnan(values)]
    if not len(values):
        return None
    mean = float(values.mean())
    half = Z * float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else 1.0
    return Agreement(mean, (max(0.0, mean - half), min(1.0, mean + half)), len(values))
