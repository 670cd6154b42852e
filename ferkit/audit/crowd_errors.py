"""A network's errors beside the crowd's votes: which of them people make too, and how they grow as people disagree.

Plain numpy, for pages.
"""

from dataclasses import dataclass

import numpy as np

from ferkit import metrics
from ferkit.audit.crowd import Crowd

__all__ = ["EDGES", "LEAST", "Errors", "RateByBin", "error_by", "errors"]

LEAST = 2  # voters who chose a wrong class before it is an error that people make too: one may have slipped
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)  # of bins over a share of the votes


@dataclass(frozen=True, eq=False)
class Errors:
    """The errors on N faces, parted by the votes. Every error is in exactly one of the first three."""

    people_too: np.ndarray  # bool (N,): `least` people or more chose the class that was predicted
    model_only: np.ndarray  # bool (N,): fewer did
    no_votes: np.ndarray  # bool (N,): nobody voted on the face
    majority: np.ndarray  # bool (N,): of `people_too`, those where the prediction is what most people chose


@dataclass(frozen=True, eq=False)
class RateByBin:
    """An error rate in each of B bins of some value."""

    edges: np.ndarray  # float64 (B + 1,): a bin holds low <= value < high, the last one also value == high
    n: np.ndarray  # int64 (B,): faces
    rate: np.ndarray  # float64 (B,) in [0, 1]; NaN in an empty bin
    interval: np.ndarray  # float64 (2, B): Wilson's, 95%


def errors(crowd: Crowd, labels: np.ndarray, predicted: np.ndarray, least: int = LEAST) -> Errors:
    """Part the errors by how many people chose the predicted class; `labels` and `predicted` are class indices (N,)."""
    wrong, voted = predicted != labels, crowd.total > 0
    people = crowd.voters_for(predicted) >= least
    return Errors(
        people_too=wrong & voted & people,
        model_only=wrong & voted & ~people,
        no_votes=wrong & ~voted,
        majority=wrong & voted & people & (crowd.majority == predicted),
    )


def error_by(value: np.ndarray, wrong: np.ndarray, edges: tuple[float, ...] = EDGES) -> RateByBin:
    """The share of `wrong`, bool (N,), in each bin of `value` (N,). A NaN or a value outside is left out."""
    bounds = np.asarray(edges, np.float64)
    inside = (value >= bounds[0]) & (value <= bounds[-1])
    place = np.minimum(np.searchsorted(bounds, value[inside], "right") - 1, len(bounds) - 2)
    n = np.bincount(place, minlength=len(bounds) - 1)
    bad = np.bincount(place, wrong[inside], len(bounds) - 1)
    matrices = np.zeros((len(n), 2, 2))
    matrices[:, 0, 0], matrices[:, 0, 1] = bad, n - bad  # the recall of row 0 is the rate
    interval = metrics.recall_intervals(matrices)[..., 0]
    return RateByBin(bounds, n, np.where(n > 0, bad / np.maximum(n, 1), np.nan), interval)
