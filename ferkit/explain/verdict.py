"""How far a run's maps are to be believed, in one sentence; which contrast both tells classes apart and is faithful.

Faithful: deleting and inserting pixels in the map's order changes the score more than in the order of a blob in the
middle of the face, by a paired 95% interval above 0. Different: the classes' mean maps, nothing subtracted,
correlate by less than `ALIKE` pairwise.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["ALIKE", "Advantage", "advantage", "choose_contrast", "sentence", "summary"]

ALIKE = 0.6  # mean pairwise correlation of the classes' mean maps from which on they look alike
UNLEARNED = (
    0.5  # mean correlation with the maps of shuffled weights from which on a method shows the face, not the network
)
Z = 1.959963984540054


@dataclass(frozen=True)
class Advantage:
    """Mean of paired differences over faces, with its 95% interval."""

    mean: float
    low: float
    high: float


def advantage(scores: np.ndarray, baseline: np.ndarray) -> Advantage:
    """Scores (N,) of a method over those of a baseline on the same faces; the interval is infinite below two faces."""
    difference = np.asarray(scores, np.float64) - np.asarray(baseline, np.float64)
    half = Z * difference.std(ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else np.inf
    return Advantage(float(difference.mean()), float(difference.mean() - half), float(difference.mean() + half))


def sentence(title: str, over_centre: Advantage, randomisation: float | None) -> str:
    """What to think of a method's maps of a run."""
    if randomisation is not None and randomisation >= UNLEARNED:
        return (
            f"For this run {title} draws nearly the same with shuffled weights (correlation {randomisation:.2f}): "
            "do not read these maps."
        )
    if over_centre.high < 0:
        return f"For this run the centre blob explains better than {title}: do not read these maps."
    if over_centre.low <= 0:
        return f"For this run the centre blob explains as well as {title}: do not read these maps."
    return (
        f"For this run {title} explains better than the centre blob, by {over_centre.mean:.2f} "
        f"[{over_centre.low:.2f}, {over_centre.high:.2f}] of probability."
    )


def choose_contrast(correlations: Mapping[str, float], advantages: Mapping[str, Advantage]) -> str:
    """The way to contrast classes to look at, "" if none will do: of those that are both faithful and different, and
    whose interval reaches the best one's mean, the one whose maps differ most."""
    good = [way for way, r in correlations.items() if r < ALIKE and advantages[way].low > 0]
    best = max((advantages[way].mean for way in good), default=0.0)
    return min((way for way in good if advantages[way].high >= best), key=lambda way: correlations[way], default="")


def summary(title: str, correlation: float, gradcam: float) -> str:
    """One sentence on a run: how it can be read, or, for the title "", that it cannot."""
    if not title:
        return "This network cannot be read: no contrast of its classes is both faithful and different between them."
    plain = f"the mean Grad-CAM maps of its classes correlate by {gradcam:.2f}" if np.isfinite(gradcam) else ""
    alike = f"; {plain}" if plain else ""
    return f"For this run look at {title}: it is faithful, and its mean maps correlate by {correlation:.2f}{alike}."
