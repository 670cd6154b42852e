"""Mean heat maps as images and in words: what the Grad-CAM page shows."""

from dataclasses import dataclass

import numpy as np

from dashboard.faces.thumbnail import enlarge
from dashboard.words import percent, plain
from ferkit.explain.overlay import overlay

__all__ = ["GROUPS", "Group", "insight", "interleaved", "mean_images"]

CLOSE = 0.03  # of the heat: a smaller difference between emotions is not mentioned


@dataclass(frozen=True)
class Group:
    """One of the stored means."""

    outcome: str  # of the Selection that goes with it
    stored: str  # its name in the run folder
    label: str
    field: str  # of the Selection that a tile's class belongs to: "pred" or "true"
    tile: str  # what a tile's class is
    caption: str


GROUPS = (
    Group(
        "",
        "predicted",
        "all faces",
        "pred",
        "predicted",
        "Mean Grad-CAM of all faces predicted as each emotion, correctly or not.",
    ),
    Group(
        "right",
        "right",
        "right",
        "true",
        "label",
        "Mean Grad-CAM of the correctly classified faces of each label.",
    ),
    Group(
        "wrong",
        "wrong",
        "wrong",
        "true",
        "label",
        "Mean Grad-CAM of the misclassified faces of each label, for the label: the evidence the network still has for "
        "the true emotion.",
    ),
)


def mean_images(stored: dict[str, np.ndarray], group: Group, side: int) -> np.ndarray:
    """uint8 RGB (C, side, side, 3): each class's mean face under its mean heat map, every map on its own scale."""
    images = []
    for face, heat in zip(stored["faces"], stored[group.stored].astype(np.float32), strict=True):
        peak = float(heat.max())
        images.append(overlay(enlarge(face, side), heat / peak if peak > 0 else heat))
    return np.stack(images)


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
