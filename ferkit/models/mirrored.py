"""Layers equivariant to mirroring.

Cohen & Welling 2016, Group Equivariant Convolutional Networks, arXiv:1602.07576, for horizontal reflection. Maps come
in two halves: where the input is mirrored, each map of one half is the mirror image of that map in the other. The
kernels of the second half are those of the first, mirrored, so that as many parameters make √2 times as many maps.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["MirroredBatchNorm2d", "MirroredConv2d", "all_kernels", "group_mean"]


def all_kernels(weight: Tensor, lifting: bool) -> Tensor:
    """The kernels of the first half (K/2, C, h, w) -> all (K, C, h, w): the others are their mirror images, which
    read the halves of their input in the other order, unless they read the image itself (`lifting`)."""
    swapped = weight if lifting else weight.roll(weight.shape[1] // 2, 1)
    return torch.cat([weight, swapped.flip(3)])


def group_mean(features: Tensor) -> Tensor:
    """Features (B, K) -> (B, K/2), invariant to mirroring: the mean of both halves."""
    return features.unflatten(1, (2, -1)).mean(1)


class MirroredConv2d(nn.Conv2d):
    """(B, C, h, w) -> (B, K, h, w), same padding; C and K even, unless the input is the image (`lifting`).

    `weight` (K/2, C, k, k) and `bias` (K/2,) are those of the first half.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, *, bias: bool = True, lifting: bool = False
    ) -> None:
        super().__init__(in_channels, out_channels // 2, kernel_size, padding=kernel_size // 2, bias=bias)
        self.lifting = lifting

    def forward(self, x: Tensor) -> Tensor:
        bias = None if self.bias is None else self.bias.repeat(2)
        return F.conv2d(x, all_kernels(self.weight, self.lifting), bias, padding=self.padding)

    @torch.no_grad()
    def merged(self) -> nn.Conv2d:
        """The plain convolution it is."""
        maps, inputs, size, _ = self.weight.shape
        with torch.device(self.weight.device):
            plain = nn.Conv2d(inputs, 2 * maps, size, 1, size // 2, bias=self.bias is not None, dtype=self.weight.dtype)
        plain.weight.copy_(all_kernels(self.weight, self.lifting))
        if plain.bias is not None and self.bias is not None:
            plain.bias.copy_(self.bias.repeat(2))
        return plain


class MirroredBatchNorm2d(nn.BatchNorm2d):
    """Batch norm whose statistics and affine terms both halves share: each of K/2 numbers for K maps."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels // 2)

    def forward(self, x: Tensor) -> Tensor:
        halves = x.unflatten(1, (2, -1)).movedim(1, -1)  # (B, K/2, h, w, 2), a view where channels lie last
        return super().forward(halves.flatten(3)).unflatten(3, (-1, 2)).movedim(-1, 1).flatten(1, 2)

    @torch.no_grad()
    def merged(self) -> nn.BatchNorm2d:
        """The plain norm it is."""
        with torch.device(self.weight.device):
            plain = nn.BatchNorm2d(2 * self.num_features, self.eps, self.momentum, dtype=self.weight.dtype)
        theirs = plain.state_dict()
        for key, value in self.state_dict().items():
            theirs[key].copy_(value.repeat(2) if value.ndim else value)
        return plain
