"""The way from stored pixels to a network's input."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.errors import DataError
from ferkit.models.network import centre
from ferkit.runs import InputSpec

__all__ = ["Input", "pixels"]

GRAY = (0.299, 0.587, 0.114)  # ITU-R BT.601


@dataclass(frozen=True)
class Input:
    """What a network expects to see."""

    size: int  # pixels per side of a face
    channels: int  # 1 gray, 3 RGB
    mean: tuple[float, ...]  # per channel, of values in [0, 1]
    std: tuple[float, ...]
    crop: int = 0  # pixels per side of the centre that is read, as large as the training crops; 0: the whole face

    @property
    def side(self) -> int:
        """Pixels per side of the tensor the network gets."""
        return self.crop or self.size

    @classmethod
    def of(cls, spec: InputSpec) -> "Input":
        """The input that a run's manifest describes."""
        return cls(spec.size, spec.channels, spec.mean, spec.std, spec.crop)

    @classmethod
    def measure(cls, images: np.ndarray, crop: int = 0, size: int = 0) -> "Input":
        """Size (unless given), channels, mean and standard deviation of training images, uint8 (N, H, W[, 3])."""
        channels = 1 if images.ndim == 3 else 3
        counts = np.stack(
            [
                np.bincount(images[..., c].ravel() if channels == 3 else images.ravel(), minlength=256)
                for c in range(channels)
            ]
        )
        levels = np.arange(256) / 255
        mean = (counts * levels).sum(1) / counts.sum(1)
        std = np.sqrt((counts * (levels - mean[:, None]) ** 2).sum(1) / counts.sum(1))
        return cls(size or images.shape[1], channels, tuple(mean.tolist()), tuple(np.maximum(std, 1e-3).tolist()), crop)

    def prepare(self, images: np.ndarray) -> Tensor:
        """uint8 (N, H, W) or (N, H, W, 3) -> normalised float32 (N, channels, side, side), the centre.

        Colour is reduced to gray for a gray network; gray is never silently used as colour (DataError).
        """
        return self.normalise(pixels(images))

    def normalise(self, x: Tensor) -> Tensor:
        """As `prepare`, from values in [0, 1], (N, 1 or 3, H, W)."""
        if x.shape[1] == 3 and self.channels == 1:
            x = (x * x.new_tensor(GRAY).view(1, 3, 1, 1)).sum(1, keepdim=True)
        if x.shape[1] != self.channels:
            raise DataError("This run was trained on colour faces; got gray ones. Choose a run trained on gray faces.")
        if x.shape[2:] != (self.size, self.size):
            x = F.interpolate(x, (self.size, self.size), mode="bilinear", antialias=True)
        return self.centre((x - x.new_tensor(self.mean).view(1, -1, 1, 1)) / x.new_tensor(self.std).view(1, -1, 1, 1))

    def centre(self, x: Tensor) -> Tensor:
        """(N, C, size, size) -> (N, C, side, side)."""
        return centre(x, self.side)

    def frame(self, maps: Tensor) -> Tensor:
        """Maps (N, h, w) of the centre -> (N, size, size) of the whole face, 0 around it; unchanged where all of it is
        read."""
        if self.side == self.size:
            return maps
        edge = (self.size - self.side) // 2
        grown = F.interpolate(maps[:, None], (self.side, self.side), mode="bilinear", align_corners=False)[:, 0]
        rest = self.size - self.side - edge
        return F.pad(grown, (edge, rest, edge, rest))


def pixels(images: np.ndarray) -> Tensor:
    """uint8 (N, H, W) or (N, H, W, 3) -> float32 (N, 1 or 3, H, W) in [0, 1]."""
    x = torch.from_numpy(np.ascontiguousarray(images))
    return (x[:, None] if x.ndim == 3 else x.permute(0, 3, 1, 2)).float() / 255
