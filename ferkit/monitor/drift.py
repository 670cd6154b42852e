"""Whether logged faces still look like the reference: one test per measure, Holm's correction over all of them.

Numbers are compared by the Kolmogorov-Smirnov distance D, the largest difference of the two distribution functions,
classes by the total variation distance, half the sum of the absolute differences of their shares. Both are from 0, the
same, to 1. Of the features, each of a few directions is compared (see `ferkit.monitor.features`): the largest D stands,
with its p times their number. With thousands of faces any difference is significant, so an alarm needs both: p below
0.01 after Holm's correction, and a distance of at least 0.1.

The tests take faces for independent. Those of one webcam or one video are not, which is why streams are logged once a
second; an alarm after a single long video says that the video is different, no more.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ferkit.evaluate.significance import holm
from ferkit.monitor.features import from_texts
from ferkit.monitor.reference import MEASURES, Reference

__all__ = ["CLASSES", "FEATURES", "LEAST", "LEVEL", "SMALLEST", "Drift", "drift"]

CLASSES = "class mix"
FEATURES = "features"
LEAST = 50  # faces
LEVEL = 0.01  # of p after correction
SMALLEST = 0.1  # distance worth an alarm


@dataclass(frozen=True)
class Drift:
    """One measure of n logged faces against the reference."""

    measure: str
    n: int
    distance: float  # in [0, 1]
    p: float  # after Holm's correction
    before: float | None  # median of the reference; None for features and the class mix
    now: float | None  # median of the log
    detail: str = ""  # of the class mix: the class whose share changed most; of features: the direction

    @property
    def alarm(self) -> bool:
        return self.p < LEVEL and self.distance >= SMALLEST


def drift(log: pd.DataFrame, reference: Reference) -> list[Drift]:
    """One Drift per measure, of the columns of the log; none with fewer than 50 faces. A value that was not measured is
    left out."""
    found = [_number(log, reference, measure) for measure in MEASURES]
    found += [_features(log, reference), _classes(log["emotion"], reference.predicted)]
    tested = [one for one in found if one is not None]
    if not tested:
        return []
    corrected = holm([one.p for one in tested])
    return [Drift(**vars(one) | {"p": float(p)}) for one, p in zip(tested, corrected, strict=True)]


def _features(log: pd.DataFrame, reference: Reference) -> Drift | None:
    """The direction in which logged faces differ most, its p corrected for their number (Bonferroni)."""
    names = reference.components
    if not names or "features" not in log:
        return None
    coordinates = from_texts(log["features"].tolist(), len(names))
    found = [_compared(values, reference, name) for name, values in zip(names, coordinates.T, strict=True)]
    tested = [one for one in found if one is not None]
    if not tested:
        return None
    most = max(tested, key=lambda one: one.distance)
    detail = f"{most.measure} of {len(names)}: median {most.before:.2f} on val, {most.now:.2f} logged, in deviations"
    return Drift(FEATURES, most.n, most.distance, min(1.0, len(names) * most.p), None, None, detail)


def _number(log: pd.DataFrame, reference: Reference, measure: str) -> Drift | None:
    return _compared(log[measure].dropna().to_numpy(float), reference, measure)


def _compared(logged: np.ndarray, reference: Reference, measure: str) -> Drift | None:
    from scipy.stats import kstwo

    values, n = np.sort(logged), len(logged)
    if n < LEAST:
        return None
    expected = reference.below(measure, values)
    # as scipy.stats.ks_2samp: above and below each step of the log's distribution function
    distance = float(max(np.max(np.arange(1, n + 1) / n - expected), np.max(expected - np.arange(n) / n)))
    p = float(kstwo.sf(distance, round(n * reference.n / (n + reference.n))))
    before = float(reference.quantiles[measure][len(reference.quantiles[measure]) // 2])
    return Drift(measure, n, distance, p, before, float(np.median(values)))


def _classes(emotions: pd.Series, predicted: Mapping[str, int]) -> Drift | None:
    from scipy.stats import chi2_contingency

    counts = emotions.value_counts()
    table = np.array([[predicted[name] for name in predicted], [int(counts.get(name, 0)) for name in predicted]])
    n = int(table[1].sum())
    if n < LEAST:
        return None
    table = table[:, table.sum(0) > 0]
    names = [name for name in predicted if predicted[name] or counts.get(name, 0)]
    shares = table / table.sum(1, keepdims=True)
    change = shares[1] - shares[0]
    p = float(chi2_contingency(table).pvalue) if table.shape[1] > 1 else 1.0
    most = int(np.abs(change).argmax())
    detail = f"{names[most]}: {shares[0, most]:.0%} on val, {shares[1, most]:.0%} logged"
    return Drift(CLASSES, n, float(np.abs(change).sum() / 2), p, None, None, detail)
