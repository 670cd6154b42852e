"""Is a run as often right as it is confident: reliability bins, calibration error, confidence by outcome.

Guo et al. 2017, On Calibration of Modern Neural Networks, arXiv:1706.04599. Plain numpy, for pages. Every function
takes `confidence`, the top probability in [0, 1], and `right`, bool, both (N,): of calibrated probabilities,
softmax(z / T), or uncalibrated ones, softmax(z).
"""

from dataclasses import dataclass

import numpy as np

from ferkit import metrics
from ferkit.errors import DataError

__all__ = ["BINNINGS", "Histogram", "Reliability", "answers", "ece_by_chance", "histogram", "reliability"]

BINNINGS = ("width", "mass")
BINS = 15


@dataclass(frozen=True, eq=False)
class Reliability:
    """B bins of confidence, ascending; bin i holds the faces with lower[i] <= confidence < upper[i], the last one also
    those at its upper edge."""

    lower: np.ndarray  # float64 (B,)
    upper: np.ndarray
    n: np.ndarray  # int (B,): faces
    confidence: np.ndarray  # mean; nan where there is no face, as in the next three
    accuracy: np.ndarray
    low: np.ndarray  # of the accuracy's 95% interval, Wilson's
    high: np.ndarray

    @property
    def ece(self) -> float:
        """Expected calibration error: sum_b n_b / N |accuracy_b - confidence_b|, in [0, 1]."""
        return float(np.nansum(self.n * np.abs(self.accuracy - self.confidence)) / max(1, self.n.sum()))

    @property
    def gap(self) -> np.ndarray:
        """accuracy - confidence per bin, (B,): below 0 where the run is overconfident."""
        return self.accuracy - self.confidence


@dataclass(frozen=True, eq=False)
class Histogram:
    """Faces per bin of confidence, by outcome."""

    edges: np.ndarray  # float64 (B + 1,), 0 to 1
    right: np.ndarray  # int (B,)
    wrong: np.ndarray


def answers(
    logits: np.ndarray, true: np.ndarray, temperature: metrics.Temperature = metrics.UNCALIBRATED
) -> tuple[np.ndarray, np.ndarray]:
    """Logits (N, C) and true classes (N,) -> confidence float64 (N,) at that temperature, and which are right, bool."""
    probabilities = metrics.softmax(logits, temperature)
    return probabilities.max(1), probabilities.argmax(1) == true


def reliability(
    confidence: np.ndarray, right: np.ndarray, bins: int = BINS, binning: str = "width", digits: int | None = None
) -> Reliability:
    """Bins of equal "width", or of equal "mass": as many faces in each, as far as equal confidences allow, so that
    there may be fewer than `bins`; the edges are rounded to `digits` where these are given, so that a range written
    with as many digits holds exactly the faces of its bin.

    Nixon et al. 2019, Measuring Calibration in Deep Learning, arXiv:1904.01685, for equal mass. Raises DataError for
    another binning.
    """
    if binning not in BINNINGS:
        raise DataError(f"Bins are of equal {' or '.join(BINNINGS)}; got {binning!r}.")
    even = np.arange(bins + 1) / bins
    edges = (
        _equal_mass(confidence, bins, digits) if binning == "mass" else even if digits is None else even.round(digits)
    )
    place = np.clip(np.searchsorted(edges, confidence, side="right") - 1, 0, len(edges) - 2)
    count = len(edges) - 1
    n, hits = (np.bincount(place, weights, count) for weights in (None, right))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean, accuracy = np.bincount(place, confidence, count) / n, hits / n
    low, high = np.where(n > 0, metrics.wilson(hits, n), np.nan)
    return Reliability(edges[:-1], edges[1:], n.astype(np.int64), mean, accuracy, low, high)


def ece_by_chance(confidence: np.ndarray) -> tuple[float, float]:
    """Mean and 95th percentile of the calibration error over 15 bins of equal width that so many faces show although
    their calibration is perfect: each is right with the probability `confidence`, so that a bin's number of right
    answers strays by its binomial deviation, taken as normal.

    Bröcker and Smith 2007, Increasing the Reliability of Reliability Diagrams, doi:10.1175/WAF993.1.
    """
    sure = np.asarray(confidence, np.float64)
    place = np.minimum((sure * BINS).astype(int), BINS - 1)
    deviation = np.sqrt(np.bincount(place, sure * (1 - sure), BINS)) / max(1, len(sure))
    drawn = np.abs(np.random.default_rng(0).normal(size=(4000, BINS))) @ deviation
    return float(np.sqrt(2 / np.pi) * deviation.sum()), float(np.quantile(drawn, 0.95))


def _equal_mass(confidence: np.ndarray, bins: int, digits: int | None) -> np.ndarray:
    """Edges half-way between the confidences on either side of each quantile, so that no face lies on one."""
    ascending = np.sort(np.asarray(confidence, np.float64))
    cuts = np.arange(1, bins) * len(ascending) // bins
    cuts = cuts[cuts > 0]
    inner = (ascending[cuts - 1] + ascending[cuts]) / 2
    inner = inner[ascending[cuts - 1] < ascending[cuts]]
    inner = np.unique(inner if digits is None else inner.round(digits))
    return np.concatenate([[0.0], inner[(inner > 0) & (inner < 1)], [1.0]])


def histogram(confidence: np.ndarray, right: np.ndarray, bins: int = 20) -> Histogram:
    """How confident the run is where it is right and where it is wrong, in bins of equal width."""
    right = np.asarray(right, bool)
    edges = np.arange(bins + 1) / bins
    counts = [np.histogram(confidence[part], edges)[0] for part in (right, ~right)]
    return Histogram(edges, counts[0], counts[1])
