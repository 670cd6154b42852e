"""What the pixels of a face say without knowing where the face is: light, contrast, sharpness, noise."""

import numpy as np

from ferkit.audit.gray import gray

__all__ = ["BLACK", "WHITE", "pixel_properties"]

BLACK = 12  # gray value at most which a pixel counts as black
WHITE = 243  # and at least which it counts as white


def pixel_properties(images: np.ndarray) -> dict[str, np.ndarray]:
    """Float (N,) columns of uint8 images (N, H, W[, 3]); colour counts by its luma. With g the gray values in [0, 1]:

    - brightness: mean g, in [0, 1]
    - contrast: standard deviation of g, in [0, 0.5] (Peli 1990, Contrast in complex images)
    - lightest, darkest: 99th and 5th percentile of g, in [0, 1]
    - black, white: share of pixels with 255 g <= 12 or >= 243, in [0, 1]
    - side light: mean g of the right half less that of the left half, in [-1, 1]
    - entropy: of the 256 gray values, -sum p log2 p, in [0, 8] bits
    - sharpness: variance of the Laplacian by the variance of g, so that contrast does not count; in [0, 64], a blurred
      face below 0.1 (Pech-Pacheco et al. 2000, Diatom autofocusing in brightfield microscopy)
    - noise: standard deviation of white noise on g, by the mean of |g * N| with N = [1 -2 1; -2 4 -2; 1 -2 1]
      (Immerkær 1996, Fast Noise Variance Estimation); fine texture counts too
    """
    values = gray(images)
    g = values.astype(np.float32) / 255
    shares = _shares(values)
    contrast = g.std((1, 2))
    middle = g.shape[2] // 2
    return {
        "brightness": g.mean((1, 2)),
        "contrast": contrast,
        "lightest": _quantile(shares, 0.99),
        "darkest": _quantile(shares, 0.05),
        "black": shares[:, : BLACK + 1].sum(1),
        "white": shares[:, WHITE:].sum(1),
        "side light": g[:, :, -middle:].mean((1, 2)) - g[:, :, :middle].mean((1, 2)),
        "entropy": -(shares * np.log2(np.where(shares > 0, shares, 1))).sum(1),
        "sharpness": _laplacian(g).var((1, 2)) / np.maximum(contrast**2, 1e-6),
        "noise": np.sqrt(np.pi / 2) / 6 * np.abs(_second_differences(g)).mean((1, 2)),
    }


def _shares(values: np.ndarray) -> np.ndarray:
    """Share of the pixels with each gray value: float64 (N, 256)."""
    n = len(values)
    place = values.reshape(n, -1) + 256 * np.arange(n, dtype=np.int32)[:, None]
    return np.bincount(place.ravel(), minlength=256 * n).reshape(n, 256) / (values.size / max(n, 1))


def _quantile(shares: np.ndarray, q: float) -> np.ndarray:
    """The gray value that `q` of the pixels do not exceed, in [0, 1]."""
    return (shares.cumsum(1) < q - 1e-9).sum(1) / 255


def _laplacian(g: np.ndarray) -> np.ndarray:
    inner = g[:, 1:-1, 1:-1]
    return g[:, :-2, 1:-1] + g[:, 2:, 1:-1] + g[:, 1:-1, :-2] + g[:, 1:-1, 2:] - 4 * inner


def _second_differences(g: np.ndarray) -> np.ndarray:
    """g * [1 -2 1; -2 4 -2; 1 -2 1]: a second difference down, then across."""
    down = g[:, :-2] - 2 * g[:, 1:-1] + g[:, 2:]
    return down[:, :, :-2] - 2 * down[:, :, 1:-1] + down[:, :, 2:]
