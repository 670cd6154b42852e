"""Mean heat maps as pictures and in words: what the Grad-CAM page shows."""

from dataclasses import dataclass

import numpy as np

from dashboard.faces.thumbnail import enlarge
from dashboard.words import percent
from ferkit.explain.overlay import overlay

__all__ = ["GROUPS", "Group", "insight", "mean_pictures", "mixed"]

CLOSE = 0.03  # of the heat: a smaller difference between emotions is not worth a sentence


@dataclass(frozen=True)
class Group:
    """One of the stored means."""

    outcome: str  # of the Selection that goes with it
    stored: str  # its name in the run folder
    label: str
    told: str


GROUPS = (
    Group(
        "",
        "predicted",
        "as predicted",
        "Mean Grad-CAM of each emotion over all faces the network takes for it, rightly or not.",
    ),
    Group("right", "right", "right", "Mean Grad-CAM of each emotion over its faces that were recognised."),
    Group(
        "wrong",
        "wrong",
        "wrong",
        "Mean Grad-CAM of each emotion over its faces that were taken for another: where it still has evidence.",
    ),
)


def mean_pictures(stored: dict[str, np.ndarray], group: Group, side: int) -> np.ndarray:
    """uint8 RGB (C, side, side, 3): each class's mean face under its mean heat map, every map on its own scale."""
    shown = []
    for face, heat in zip(stored["faces"], stored[group.stored].astype(np.float32), strict=True):
        peak = float(heat.max())
        shown.append(overlay(enlarge(face, side), heat / peak if peak > 0 else heat))
    return np.stack(shown)


def insight(shares: np.ndarray, classes: tuple[str, ...]) -> str:
    """One sentence on shares (C, 3) of the heat in the upper, middle and lower third; classes without heat say
    nothing."""
    known = np.flatnonzero(shares.sum(1) > 0)
    if not len(known):
        return "None of these maps has any heat."
    low = shares[known, 2]
    if np.ptp(low) < CLOSE:
        means = [percent(share, 0) for share in shares[known].mean(0)]
        told = f"{means[0]} of the heat lies in the upper, {means[1]} in the middle, {means[2]} in the lower third of the face."
        return f"It looks at the same height for every emotion: {told}"
    lowest, highest = known[low.argmax()], known[low.argmin()]
    return (
        f"For **{classes[lowest]}** it looks lowest: {percent(low.max(), 0)} of the heat lies in the lower third of the face; "
        f"for **{classes[highest]}** only {percent(low.min(), 0)}."
    )


def mixed(labels: np.ndarray, each: int) -> np.ndarray:
    """An order for faces (N,) of these classes that takes `each` of every class in turn and keeps the order inside a
    class."""
    rank = np.zeros(len(labels), int)
    for label in np.unique(labels):
        rank[labels == label] = np.arange((labels == label).sum())
    return np.lexsort((rank, labels, rank // max(1, each)))
