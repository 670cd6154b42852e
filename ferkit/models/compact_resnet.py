"""A residual network with squeeze-and-excitation, halved late, for 48×48 faces in under 500,000 parameters.

He et al. 2016, Deep Residual Learning, arXiv:1512.03385; Hu et al. 2018, Squeeze-and-Excitation, arXiv:1709.01507.
"""

import functools
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor, nn

from ferkit.errors import ConfigError
from ferkit.models.arguments import MAX_STAGES, Blocks, Depth, Places, Share, Stages, Stride, Width
from ferkit.models.blocks import Blur, BlurPool, ConvNorm, Flat, GeneralizedMean, PlacedMean, SqueezeExcite
from ferkit.models.mirrored import group_mean
from ferkit.models.network import Network
from ferkit.models.reparameterized import RepConvNorm, WhitenedConvNorm

__all__ = ["CompactResNet"]

Strides = Annotated[Sequence[Stride], Field(min_length=1, max_length=MAX_STAGES)]


class Residual(nn.Module):
    """relu(skip(x) + se(conv(conv(x)))); the skip is a 1×1 convolution where shapes change."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int,
        *,
        reduction: int,
        blur: bool,
        branches: bool,
        groups: int,
        mirrored: bool,
    ) -> None:
        super().__init__()
        self.blur: nn.Module = Blur() if blur and stride > 1 else nn.Identity()
        if mirrored and stride > 1:
            self.blur, stride = BlurPool(), 1
        if branches:
            first: nn.Module = RepConvNorm(in_channels, out_channels, stride)
            second: nn.Module = RepConvNorm(out_channels, out_channels, act=None)
        else:
            first = ConvNorm(in_channels, out_channels, stride=stride, mirrored=mirrored)
            second = ConvNorm(out_channels, out_channels, groups=groups, act=None, mirrored=mirrored)
        self.body = nn.Sequential(first, second)
        self.attend = SqueezeExcite(out_channels, reduction, mirrored) if reduction else nn.Identity()
        same = stride == 1 and in_channels == out_channels
        self.skip = (
            nn.Identity() if same else ConvNorm(in_channels, out_channels, 1, stride, act=None, mirrored=mirrored)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.blur(x)
        return (self.skip(x) + self.attend(self.body(x))).relu()


class CompactResNet(Network):
    """A full-size stem, then one stage per width, each halving the maps unless `strides` differs; pooling; linear
    head."""

    paper = "arXiv:1512.03385"

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        stem: Width = 24,
        widths: Stages = (40, 96, 128),
        blocks: Depth | Blocks = (2, 1, 1),
        strides: Stride | Strides = 2,  # of the first block of each stage
        reduction: Annotated[int, Field(ge=0, le=4096)] = 8,  # of squeeze-and-excitation; 0 leaves it out
        dropout: Share = 0.2,
        stem_stride: Stride = 1,  # 2 halves the face at once
        blur: bool = False,  # before every stride
        branches: bool = False,  # beside each 3×3 convolution while training, merged into it for inference
        groups: Annotated[int, Field(ge=1, le=64)] = 1,  # of the second 3×3 convolution of each block, as in ResNeXt
        shared: bool = False,  # convolutions among the equal blocks of a stage, each of which has its own norms
        mirrored: bool = False,  # the same answer for the mirror image, by group convolutions; implies blur
        whiten: bool = False,  # the first convolution reads whitened 3×3 patches of the training faces
        # gem: the generalised mean; placed: a mean that weighs each position; flat: a dense layer
        pooling: Literal["average", "gem", "placed", "flat"] = "average",
        places: Places = 6,  # positions per side, of the placed mean and the dense layer
        hidden: Width = 256,  # width of the dense layer
    ) -> None:
        if branches and groups > 1:
            raise ConfigError("compact-resnet has branches or groups, not both: leave one out.")
        if mirrored and (branches or shared or groups > 1 or stem_stride > 1 or pooling in ("placed", "flat")):
            raise ConfigError(
                "compact-resnet with mirrored=true takes no branches, groups, shared, stem_stride, nor pooling=placed "
                "or flat: leave them out."
            )
        if mirrored and (odd := [width for width in (stem, *widths) if width % 2]):
            raise ConfigError(f"compact-resnet with mirrored=true needs an even stem and even widths; got {odd[0]}.")
        super().__init__(hidden if pooling == "flat" else widths[-1] // (2 if mirrored else 1), classes, dropout)
        self.mirrored = mirrored
        first = (
            WhitenedConvNorm(channels, stem, stem_stride, mirrored)
            if whiten
            else ConvNorm(channels, stem, 3, stem_stride, mirrored=mirrored, lifting=True)
        )
        block = functools.partial(
            Residual, reduction=reduction, blur=blur, branches=branches, groups=groups, mirrored=mirrored
        )
        stages: list[nn.Module] = [first]
        before, equal = stem, 0
        for width, depth, stride in zip(
            widths, *(_each(value, len(widths)) for value in (blocks, strides)), strict=True
        ):
            stage = [block(before if i == 0 else width, width, stride if i == 0 else 1) for i in range(depth)]
            equal = max(equal, _share(stage) if shared else 0)
            stages += stage
            before = width
        if shared and equal < 2:
            raise ConfigError("compact-resnet shares convolutions among blocks, of which no stage has two equal ones.")
        self.body = nn.Sequential(*stages)
        pools = {
            "gem": GeneralizedMean,
            "placed": lambda: PlacedMean(before, places),
            "flat": lambda: Flat(before, places, hidden),
        }
        self.mean = pools[pooling]() if pooling in pools else None

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)

    def pool(self, maps: Tensor) -> Tensor:
        features = super().pool(maps) if self.mean is None else self.mean(maps)
        return group_mean(features) if self.mirrored else features

    def class_weights(self) -> Tensor:
        return self.head.weight.repeat(1, 2) / 2 if self.mirrored else self.head.weight


def _share(stage: Sequence[Residual]) -> int:
    """Tie the kernels of the blocks of stride 1 and one width; norms and squeeze-and-excitation stay apart, as in
    Savarese & Maire 2019, Learning Implicitly Recurrent CNNs Through Parameter Sharing, arXiv:1902.09701. Returns how
    many blocks these are."""
    equal = [block for block in stage if isinstance(block.skip, nn.Identity)]
    for block in equal[1:]:
        for own, first in zip(_kernels(block), _kernels(equal[0]), strict=True):
            own.weight = first.weight
    return len(equal)


def _kernels(block: Residual) -> list[nn.Conv2d]:
    return [layer for layer in block.body.modules() if isinstance(layer, nn.Conv2d)]


def _each(value: int | Sequence[int], stages: int) -> Sequence[int]:
    return [value] * stages if isinstance(value, int) else value
