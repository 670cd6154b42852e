"""A residual network with squeeze-and-excitation, halved late, for 48×48 faces in under 500,000 parameters.

He et al. 2016, Deep Residual Learning, arXiv:1512.03385; Hu et al. 2018, Squeeze-and-Excitation, arXiv:1709.01507.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from ferkit.errors import ConfigError
from ferkit.models.blocks import Blur, ConvNorm, Flat, GeneralizedMean, PlacedMean, SqueezeExcite
from ferkit.models.network import Network

__all__ = ["CompactResNet"]

POOLINGS = ("average", "gem", "placed", "flat")


class Residual(nn.Module):
    """relu(skip(x) + se(conv(conv(x)))); the skip is a 1×1 convolution where shapes change."""

    def __init__(self, inside: int, out: int, stride: int, reduction: int, blur: bool) -> None:
        super().__init__()
        self.blur = Blur() if blur and stride > 1 else nn.Identity()
        self.body = nn.Sequential(ConvNorm(inside, out, 3, stride), ConvNorm(out, out, act=None))
        self.attend = SqueezeExcite(out, reduction) if reduction else nn.Identity()
        self.skip = ConvNorm(inside, out, 1, stride, act=None) if stride > 1 or inside != out else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = self.blur(x)
        return (self.skip(x) + self.attend(self.body(x))).relu()


class CompactResNet(Network):
    """A full-size stem, then one stage per width, each halving the maps unless told otherwise; global average; linear
    head."""

    paper = "arXiv:1512.03385"

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        stem: int = 24,
        widths: Sequence[int] = (40, 96, 128),
        blocks: int | Sequence[int] = (2, 1, 1),
        strides: int | Sequence[int] = 2,  # of the first block of each stage
        reduction: int = 8,  # of squeeze-and-excitation; 0 leaves it out
        dropout: float = 0.2,
        stem_stride: int = 1,  # 2 halves the face at once
        blur: bool = False,  # before every stride
        pooling: str = "average",  # or gem, the generalised mean, placed, a mean that weighs each place, or flat, a dense layer
        places: int = 6,  # per side, of the placed mean and the dense layer
        hidden: int = 256,  # of the dense layer
    ) -> None:
        if pooling not in POOLINGS:
            raise ConfigError(f"compact-resnet's pooling must be one of {', '.join(POOLINGS)}; got {pooling!r}.")
        super().__init__(hidden if pooling == "flat" else widths[-1], classes, dropout)
        stages: list[nn.Module] = [ConvNorm(channels, stem, 3, stem_stride)]
        inside = stem
        for width, depth, stride in zip(
            widths, *(_each(value, len(widths)) for value in (blocks, strides)), strict=True
        ):
            stages += [
                Residual(inside if i == 0 else width, width, stride if i == 0 else 1, reduction, blur)
                for i in range(depth)
            ]
            inside = width
        self.body = nn.Sequential(*stages)
        pools = {
            "gem": GeneralizedMean,
            "placed": lambda: PlacedMean(inside, places),
            "flat": lambda: Flat(inside, places, hidden),
        }
        self.mean = pools[pooling]() if pooling in pools else None

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)

    def pool(self, maps: Tensor) -> Tensor:
        return super().pool(maps) if self.mean is None else self.mean(maps)


def _each(value: int | Sequence[int], stages: int) -> Sequence[int]:
    return [value] * stages if isinstance(value, int) else value
