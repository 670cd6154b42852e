"""What lies near each face in the network's features, as numbers by which a Selection can be narrowed: how its nearest
neighbours are labelled, and how far the training faces are."""

import numpy as np

from dashboard import load
from dashboard.scored import Scored
from ferkit.embed.overlap import near_classes
from ferkit.errors import FerkitError
from ferkit.runs import Results
from ferkit.runs.nearest import NearestTrain

__all__ = ["FAR", "MOST", "beyond", "far", "near", "shares", "stored"]

FAR = "far from training"  # the name of the property "distance to the training faces"

MOST = 12_000  # faces of a split; more would take longer than a click may


def near(name: str) -> str:
    """The name of the property "share of the nearest neighbours that are labelled `name`"."""
    return f"near {name}"


def shares(scored: Scored) -> dict[str, np.ndarray]:
    """A property per class, float32 (N,) in [0, 1]; none where no features are stored, or of more than `MOST` faces."""
    if len(scored.frame) > MOST or not scored.results.has(scored.split, "-features.npy"):
        return {}
    stored = load.key_of(scored.results.path / f"{scored.split}-features.npy")

    def make() -> np.ndarray:
        labels = scored.frame["label"].to_numpy()
        return near_classes(load.features(scored.results, scored.split), labels, len(scored.classes))

    table = load.cached(("near", stored), make)
    return {near(name): table[:, i] for i, name in enumerate(scored.classes)}


def stored(results: Results, split: str) -> NearestTrain:
    """`Results.nearest`, cached; raises RunError where it is missing or broken."""
    key = load.key_of(results.path / f"{split}-nearest.npz")
    found: NearestTrain = load.cached(("nearest", key), lambda: results.nearest(split))
    return found


def far(scored: Scored) -> dict[str, np.ndarray]:
    """The property `FAR`, float32 (N,) in [0, 2]: the distance to the last of the stored training faces, so that a copy
    of one alone does not make a face familiar; none where they are not stored, or broken, as an open face says."""
    if not scored.results.has(scored.split, "-nearest.npz"):
        return {}
    try:
        return {FAR: stored(scored.results, scored.split).distance[:, -1]}
    except FerkitError:
        return {}


def beyond(scored: Scored) -> np.ndarray | None:
    """bool (N,): the faces whose distance `FAR` is more than that of 99% of the split; None where it is not known."""
    known = far(scored)
    return known[FAR] > stored(scored.results, scored.split).far if known else None
