"""Mean maps per emotion: which groups and views there are, and what they say in words."""

from dataclasses import dataclass

import numpy as np

from dashboard.evidence.record import Stored
from dashboard.words import percent, plain
from ferkit.explain.stored import GROUPS

__all__ = ["CAPTIONS", "OF", "VIEWS", "Means", "insight", "interleaved", "means_of"]

FEW = 5  # faces from which on a mean map sets the scale
CLOSE = 0.03  # of the heat: a smaller difference between emotions is not mentioned
VIEWS = {
    "contrast": "Against the other emotions",
    "own": "Own evidence",
    "difference": "Difference from the mean",
    "gradcam": "Grad-CAM",
}
OF = {"predicted": "pred", "label": "true"}  # whose class a tile has -> the field of the Selection it is
CAPTIONS = {
    ("predicted", ""): "faces predicted as each emotion, correctly or not",
    ("predicted", "right"): "correctly classified faces of each emotion",
    ("predicted", "wrong"): "faces wrongly predicted as each emotion",
    ("label", ""): "faces labelled as each emotion, recognised or not; explained is the label",
    ("label", "right"): "correctly classified faces of each emotion",
    (
        "label",
        "wrong",
    ): "misclassified faces of each label; explained is the label, so this is the evidence the network "
    "still has for the true emotion",
}


@dataclass(frozen=True, eq=False)
class Means:
    """A mean map per class."""

    maps: np.ndarray  # float32 (C, h, w)
    n: np.ndarray  # int (C,), faces
    signed: bool

    @property
    def top(self) -> float:
        """The largest magnitude of the maps over at least `FEW` faces, so that they share a scale that no single face
        sets; of all maps where none is."""
        many = self.maps[self.n >= FEW] if (self.n >= FEW).any() else self.maps
        return max(float(np.abs(many).max(initial=0)), 1e-12)


def means_of(
    kind: str, of: str, outcome: str, stored: Stored | None, cams: dict[str, np.ndarray] | None
) -> Means | None:
    """The mean maps of a view of `VIEWS` over a group of faces, None where they are not stored."""
    if kind == "gradcam":
        return None if cams is None else _gradcam(cams, of, outcome)
    if stored is None:
        return None
    at = GROUPS.index((of, outcome)) if (of, outcome) in GROUPS else GROUPS.index(("label", "right"))
    maps = stored.evidence["contrast" if kind == "contrast" else "own"][at].astype(np.float32)
    n = stored.evidence["n"][at]
    if kind == "difference":
        maps = np.where((n > 0)[:, None, None], maps - maps[n > 0].mean(0), 0) if (n > 0).any() else maps
    return Means(maps, n, True)


def _gradcam(cams: dict[str, np.ndarray], of: str, outcome: str) -> Means:
    """All groups from the three means that every evaluated run stores: sums add up."""
    counts = {name: cams[f"{name}_n"].astype(np.int64) for name in ("right", "wrong", "predicted")}
    sums = {name: cams[name].astype(np.float64) * n[:, None, None] for name, n in counts.items()}
    parts = {
        ("predicted", ""): ({"predicted": 1}),
        ("predicted", "wrong"): ({"predicted": 1, "right": -1}),
        ("label", ""): ({"right": 1, "wrong": 1}),
        ("label", "wrong"): ({"wrong": 1}),
    }.get((of, outcome), {"right": 1})
    n = sum(sign * counts[name] for name, sign in parts.items())
    total = sum(sign * sums[name] for name, sign in parts.items())
    maps = np.clip(total / np.maximum(n, 1)[:, None, None], 0, 1)  # type: ignore[operator, call-overload, index]
    return Means(np.where((n > 0)[:, None, None], maps, 0).astype(np.float32), np.maximum(n, 0), False)  # type: ignore[operator, index]


def insight(shares: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence on shares (C, 3) of the heat in the upper, middle and lower third; classes without heat are left
    out."""
    present = np.flatnonzero(shares.sum(1) > 0)
    if not len(present):
        return "None of these maps has any heat."
    low = shares[present, 2]
    if np.ptp(low) < CLOSE:
        means = [percent(share, 0) for share in shares[present].mean(0)]
        return (
            f"The heat is at the same height for every emotion: {means[0]} in the upper, {means[1]} in the middle, "
            f"{means[2]} in the lower third of the face."
        )
    lowest, highest = present[low.argmax()], present[low.argmin()]
    return (
        f"The lower third of the face gets the most heat for **{plain(classes[lowest])}** ({percent(low.max(), 0)}) "
        f"and the least for **{plain(classes[highest])}** ({percent(low.min(), 0)})."
    )


def interleaved(labels: np.ndarray, each: int) -> np.ndarray:
    """An order for faces (N,) of these classes that takes `each` of every class in turn and keeps the order within a
    class."""
    rank = np.zeros(len(labels), int)
    for label in np.unique(labels):
        rank[labels == label] = np.arange((labels == label).sum())
    return np.lexsort((rank, labels, rank // max(1, each)))
