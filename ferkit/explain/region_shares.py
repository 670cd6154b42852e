"""How much of the evidence lies in each part of the face, per class and per cell of the confusion matrix, with
intervals."""

from dataclasses import dataclass

import cv2
import numpy as np

from ferkit.metrics.student import two_sided

__all__ = ["RegionTable", "by_cell", "by_class", "region_shares"]


@dataclass(frozen=True, eq=False)
class RegionTable:
    """Mean shares of G groups of faces in R regions; not a number where a group has no face."""

    mean: np.ndarray  # float64 (..., R)
    low: np.ndarray  # (..., R), of a 95% interval; not a number below two faces
    high: np.ndarray  # (..., R)
    n: np.ndarray  # int64 (...), faces


def region_shares(maps: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Signed maps (N, h, w) and regions, bool (R, H, W), that cover the face -> the share of what speaks for the class
    that lies in each: float64 (N, R), rows sum to 1. A map without such evidence gives not a number."""
    height, width = masks.shape[1:]
    shares = np.full((len(maps), len(masks)), np.nan)
    for i, map_ in enumerate(maps):
        grown = cv2.resize(np.asarray(map_, np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
        positive = np.maximum(np.nan_to_num(grown), 0).astype(np.float64)
        if positive.sum() > 0:
            shares[i] = (masks * positive).sum((1, 2)) / positive.sum()
    return shares


def by_class(shares: np.ndarray, labels: np.ndarray, classes: int, keep: np.ndarray | None = None) -> RegionTable:
    """Shares (N, R) averaged over the faces of each class: tables of (C, R). `keep`, bool (N,), chooses faces, such as
    those predicted right."""
    chosen = np.ones(len(labels), bool) if keep is None else keep
    return _stacked([_mean(shares[chosen & (labels == c)]) for c in range(classes)], (classes,))


def by_cell(shares: np.ndarray, true: np.ndarray, predicted: np.ndarray, classes: int) -> RegionTable:
    """As `by_class` for every cell of the confusion matrix, rows true: tables of (C, C, R)."""
    cells = [_mean(shares[(true == t) & (predicted == p)]) for t in range(classes) for p in range(classes)]
    return _stacked(cells, (classes, classes))


def _mean(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Mean and half of its 95% interval, both (R,), of the rows that are numbers; how many they are."""
    rows = rows[np.isfinite(rows).all(1)]
    n, nothing = len(rows), np.full(rows.shape[1], np.nan)
    half = two_sided(0.95, n - 1) * rows.std(0, ddof=1) / np.sqrt(n) if n > 1 else nothing
    return (rows.mean(0) if n else nothing), half, n


def _stacked(parts: list[tuple[np.ndarray, np.ndarray, int]], shape: tuple[int, ...]) -> RegionTable:
    mean, half = (np.stack([part[i] for part in parts]).reshape(*shape, -1) for i in (0, 1))
    low, high = np.clip(mean - half, 0, 1), np.clip(mean + half, 0, 1)
    return RegionTable(mean, low, high, np.array([part[2] for part in parts]).reshape(shape))
