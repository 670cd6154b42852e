"""What every network here is: feature maps, then pooled features, then logits.

A forward pass in three parts lets Grad-CAM differentiate the head alone, without hooks and safely under threads.
"""

from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from ferkit.errors import ConfigError
from ferkit.models.reparameterized import deployed, merged

__all__ = ["Network", "centre", "count_macs", "count_parameters"]


class Network(nn.Module):
    """Base class. `forward(x) = head(pool(maps(x)))`; subclasses define `maps` and set `self.head`."""

    paper: ClassVar[str] = ""
    prepares: bool = False  # whether it reads values in [0, 1] of any size, and normalises them itself

    def __init__(self, features: int, classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(features, classes)

    @property
    def looked_up(self) -> dict[str, Any]:
        """Arguments that were found elsewhere when it was built, and without which it is not built again; {} for
        most."""
        return {}

    def load_pretrained(self) -> None:
        """Put weights learned elsewhere into the body. Raises ConfigError where there are none."""
        raise ConfigError(
            f"{type(self).__name__} has no pretrained weights. Train it from scratch: --set pretrained=false"
        )

    def maps(self, x: Tensor) -> Tensor:
        """Normalised images (B, C, H, W) -> the last convolution's feature maps (B, K, h, w), the Grad-CAM target."""
        raise TypeError(f"{type(self).__name__} defines no feature maps")

    def pool(self, maps: Tensor) -> Tensor:
        """(B, K, h, w) -> penultimate features (B, D); a global average unless overridden."""
        return maps.mean((2, 3))

    def class_weights(self) -> Tensor:
        """(classes, K): times the maps' global averages, plus the head's bias, they are the logits where `pool` is that
        average or linear in it, and the head one linear layer."""
        return self.head.weight

    def classify(self, features: Tensor) -> Tensor:
        """(B, D) -> logits (B, classes)."""
        return self.head(self.dropout(features))

    def evidence(self, maps: Tensor, gradient: Tensor) -> Tensor:
        """Grad-CAM's sum before its rectifier: maps and dy/dmaps, both (B, K, h, w) -> (B, h, w)."""
        return torch.einsum("bk,bkhw->bhw", gradient.mean((2, 3)), maps)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) -> logits (B, classes)."""
        return self.classify(self.pool(self.maps(x)))


def centre(x: Tensor, side: int) -> Tensor:
    """(B, C, H, H) -> the middle (B, C, side, side)."""
    edge = (x.shape[2] - side) // 2
    return x[:, :, edge : edge + side, edge : edge + side]


def count_parameters(model: nn.Module) -> int:
    """The parameters of the network, its branches merged: batch-norm affine terms and the head included, each once
    however often it is used."""
    return sum(p.numel() for p in merged(model).parameters())


def count_macs(model: nn.Module, channels: int, size: int) -> int:
    """Multiply-adds of the convolutions and matrix products of one forward pass of one image, counted by running it as
    it is deployed."""
    from torch.utils.flop_counter import FlopCounterMode

    model = deployed(model)
    mode, fused = model.training, torch.backends.mha.get_fastpath_enabled()
    model.eval()
    torch.backends.mha.set_fastpath_enabled(False)  # a fused encoder layer would not be counted
    try:
        with FlopCounterMode(display=False) as counter, torch.inference_mode():
            model(torch.zeros(1, channels, size, size, device=next(model.parameters()).device))
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        model.train(mode)
    return counter.get_total_flops() // 2
