"""In which parts two faces differ, in pixels, beyond what any two faces do. Importing it needs numpy alone."""

import numpy as np

__all__ = ["part_differences", "usual_differences"]

PAIRS = 400  # of faces, by which the usual difference is known


def part_differences(one: np.ndarray, other: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Mean difference of two faces, uint8 (H, W[, 3]), in each region, bool (R, H, W): float64 (R,), in standard
    deviations of a face's gray values. Brightness and contrast do not count, and the other face is mirrored where that
    brings it closer."""
    a, b = _standard(one), _standard(other)
    gaps = np.abs(a - b), np.abs(a - b[:, ::-1])
    gap = min(gaps, key=lambda values: float(values.mean()))
    area = np.maximum(masks.sum((1, 2)), 1)
    return np.asarray((masks * gap).sum((1, 2)) / area)


def usual_differences(images: np.ndarray, masks: np.ndarray, seed: int = 0) -> np.ndarray:
    """The mean of `part_differences` over pairs drawn from at least two faces, uint8 (N, H, W[, 3]): float64 (R,)."""
    rng = np.random.default_rng(seed)
    pairs = [rng.choice(len(images), 2, replace=False) for _ in range(PAIRS)]
    return np.mean([part_differences(images[i], images[j], masks) for i, j in pairs], axis=0)


def _standard(image: np.ndarray) -> np.ndarray:
    gray = image.mean(2) if image.ndim == 3 else image.astype(np.float64)
    return np.asarray((gray - gray.mean()) / max(float(gray.std()), 1e-6))
