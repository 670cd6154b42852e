"""The training set as resident uint8 tensors."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.data.faces import Faces
from ferkit.models import Input

__all__ = ["FaceLoader"]


@dataclass(frozen=True)
class FaceLoader:
    """Images and labels of one split, all in memory on the device that trains; nothing is decoded twice."""

    images: Tensor  # uint8 (N, C, H, W)
    labels: Tensor  # int64 (N,)
    input: Input

    @classmethod
    def of(cls, faces: Faces, input: Input, device: torch.device) -> "FaceLoader":
        images = torch.from_numpy(np.ascontiguousarray(faces.images))
        images = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2)
        if images.shape[2] != input.size:
            images = torch.cat([_resized(part, input.size) for part in images.split(1024)])
        return cls(images.contiguous().to(device), torch.from_numpy(faces.labels.astype(np.int64)).to(device), input)

    def __len__(self) -> int:
        return len(self.labels)

    def batch(self, rows: Tensor | slice) -> tuple[Tensor, Tensor]:
        """Normalised float32 images (B, C, H, W) and labels (B,)."""
        return self.normalised(self.images[rows]), self.labels[rows]

    def normalised(self, images: Tensor) -> Tensor:
        """uint8 (B, C, H, W) -> float32, less the mean, in standard deviations."""
        x = images.float()
        scale = x.new_tensor(self.input.std).view(1, -1, 1, 1) * 255
        return (x - x.new_tensor(self.input.mean).view(1, -1, 1, 1) * 255) / scale

    def in_order(self, size: int) -> Iterator[tuple[Tensor, Tensor]]:
        """All faces in batches of `size`, as stored."""
        for start in range(0, len(self), size):
            yield self.batch(slice(start, start + size))


def _resized(images: Tensor, size: int) -> Tensor:
    """uint8 (N, C, H, W) -> uint8 (N, C, size, size)."""
    return (
        F.interpolate(images.float(), (size, size), mode="bilinear", antialias=True)
        .round()
        .clamp(0, 255)
        .to(torch.uint8)
    )
