"""MobileNetV2 scaled to 48×48 faces: a full-size stem and inverted residuals with linear bottlenecks.

Sandler et al. 2018, MobileNetV2: Inverted Residuals and Linear Bottlenecks, arXiv:1801.04381.
"""

from typing import Annotated

from pydantic import Field
from torch import Tensor, nn

from ferkit.models.arguments import Blocks, Share, Stages, Width
from ferkit.models.blocks import ConvNorm
from ferkit.models.network import Network

__all__ = ["CompactMobileNetV2"]


class InvertedResidual(nn.Module):
    """1×1 expand, 3×3 depthwise, 1×1 project without activation; a skip where shapes allow."""

    def __init__(self, in_channels: int, out_channels: int, stride: int, expand: int) -> None:
        super().__init__()
        hidden = in_channels * expand
        self.body = nn.Sequential(
            ConvNorm(in_channels, hidden, 1, act=nn.ReLU6),
            ConvNorm(hidden, hidden, 3, stride, groups=hidden, act=nn.ReLU6),
            ConvNorm(hidden, out_channels, 1, act=None),
        )
        self.residual = stride == 1 and in_channels == out_channels

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x) if self.residual else self.body(x)


class CompactMobileNetV2(Network):
    """Stem, one stage of inverted residuals per width (each halves the maps), a 1×1 convolution, global average."""

    paper = "arXiv:1801.04381"

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        stem: Width = 16,
        widths: Stages = (24, 40, 64),
        blocks: Blocks = (2, 3, 3),
        expand: Annotated[int, Field(ge=1, le=16)] = 4,
        last: Width = 256,  # features before the head
        dropout: Share = 0.2,
    ) -> None:
        super().__init__(last, classes, dropout)
        stages: list[nn.Module] = [ConvNorm(channels, stem, act=nn.ReLU6)]
        before = stem
        for width, depth in zip(widths, blocks, strict=True):
            stages += [
                InvertedResidual(before if i == 0 else width, width, 2 if i == 0 else 1, expand) for i in range(depth)
            ]
            before = width
        self.body = nn.Sequential(*stages, ConvNorm(before, last, 1, act=nn.ReLU6))

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)
