"""Smooth maps."""

import torch
from torch import Tensor
from torch.nn import functional as F

__all__ = ["smoothed"]


def smoothed(maps: Tensor, sigma: float) -> Tensor:
    """Maps (..., h, w) through a Gaussian of `sigma` pixels, the edge repeated outside; as they are for 0."""
    if sigma <= 0:
        return maps
    reach = max(1, round(3 * sigma))
    places = torch.arange(-reach, reach + 1, dtype=maps.dtype)
    row = torch.exp(-(places**2) / (2 * sigma**2))
    row = row / row.sum()
    x = maps.reshape(-1, 1, *maps.shape[-2:])
    x = F.conv2d(F.pad(x, (reach, reach, 0, 0), mode="replicate"), row.view(1, 1, 1, -1))
    x = F.conv2d(F.pad(x, (0, 0, reach, reach), mode="replicate"), row.view(1, 1, -1, 1))
    return x.view(maps.shape)
