"""How the nearest neighbours of each face are labelled, as numbers per face by which a Selection can be narrowed."""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import load
from ferkit.embed.overlap import near_classes

if TYPE_CHECKING:
    from dashboard.view import View

__all__ = ["MOST", "near", "shares"]

MOST = 12_000  # faces of a split; more would take longer than a click may


def near(name: str) -> str:
    """The name of the property "share of the nearest neighbours that are labelled `name`"."""
    return f"near {name}"


def shares(view: "View") -> dict[str, np.ndarray]:
    """A property per class, float32 (N,) in [0, 1]; none where no features are stored, or of more than `MOST` faces."""
    if len(view.frame) > MOST or not view.results.has(view.split, "-features.npy"):
        return {}
    stored = load.key_of(view.results.path / f"{view.split}-features.npy")

    def make() -> np.ndarray:
        labels = view.frame["label"].to_numpy()
        return near_classes(load.features(view.results, view.split), labels, len(view.classes))

    table = load.cached(("near", stored), make)
    return {near(name): table[:, i] for i, name in enumerate(view.classes)}
