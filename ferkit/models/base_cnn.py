"""A plain convolutional network in which every part is an argument, for studies that change one thing at a time.

Batch norm: Ioffe & Szegedy 2015, arXiv:1502.03167. Separable convolution: Chollet 2017, arXiv:1610.02357.
Spatial dropout: Tompson et al. 2015, arXiv:1411.4280.
"""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import Field
from torch import Tensor, nn

from ferkit.errors import ConfigError
from ferkit.models.arguments import Kernel, Places, Share, Width
from ferkit.models.blocks import Flat
from ferkit.models.network import Network

__all__ = ["BaseCNN"]

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky": lambda: nn.LeakyReLU(0.1),
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
}
NORMS: dict[str, Callable[[int], nn.Module]] = {
    "batch": nn.BatchNorm2d,
    "group": lambda n: nn.GroupNorm(min(8, n), n),
    "none": lambda n: nn.Identity(),
}
POOLS: dict[str, Callable[[], nn.Module]] = {"max": lambda: nn.MaxPool2d(2), "average": lambda: nn.AvgPool2d(2)}


class Stage(nn.Module):
    """`convs` times convolution, norm, activation; a residual connection around them; spatial dropout; pooling by
    two."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int,
        convs: int,
        pool: str,
        norm: str,
        activation: str,
        separable: bool,
        residual: bool,
        spatial_dropout: float,
    ) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for i in range(convs):
            layers += [
                _convolution(
                    in_channels if i == 0 else out_channels, out_channels, kernel, separable, bias=norm == "none"
                ),
                NORMS[norm](out_channels),
                ACTIVATIONS[activation](),
            ]
        self.body = nn.Sequential(*layers)
        self.skip = nn.Conv2d(in_channels, out_channels, 1) if residual else None
        self.after = nn.Sequential(nn.Dropout2d(spatial_dropout), POOLS[pool]())

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return self.after(y if self.skip is None else y + self.skip(x))


def _convolution(in_channels: int, out_channels: int, kernel: int, separable: bool, bias: bool) -> nn.Module:
    # a depthwise pass over one or three input channels would learn next to nothing
    if not separable or in_channels < 4:
        return nn.Conv2d(in_channels, out_channels, kernel, padding=kernel // 2, bias=bias)
    depthwise = nn.Conv2d(in_channels, in_channels, kernel, padding=kernel // 2, groups=in_channels, bias=False)
    return nn.Sequential(depthwise, nn.Conv2d(in_channels, out_channels, 1, bias=bias))


class BaseCNN(Network):
    """`depth` stages, the first with `filters` channels and each next with twice as many; global average or a dense
    layer; linear head.

    Raises ConfigError for an even kernel.
    """

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        depth: Annotated[int, Field(ge=1, le=5)] = 3,
        filters: Annotated[int, Field(ge=1, le=256)] = 32,
        kernel: Kernel = 3,  # pixels, odd
        convs: Annotated[int, Field(ge=1, le=8)] = 1,  # convolutions per stage
        pool: Literal["max", "average"] = "max",
        norm: Literal["batch", "group", "none"] = "batch",
        activation: Literal["relu", "leaky", "elu", "gelu", "silu"] = "relu",
        separable: bool = False,
        residual: bool = False,
        dropout: Share = 0.2,  # before the head
        spatial_dropout: Share = 0.0,  # of whole maps, in each stage
        pooling: Literal["average", "flat"] = "average",  # of the last maps; flat: a dense layer over all positions
        places: Places = 5,  # positions per side that the dense layer reads
        hidden: Width = 128,  # width of the dense layer
    ) -> None:
        if kernel % 2 == 0:
            raise ConfigError(f"base-cnn takes an odd kernel; got {kernel}.")
        widths = [filters * 2**i for i in range(depth)]
        super().__init__(hidden if pooling == "flat" else widths[-1], classes, dropout)
        shape = (kernel, convs, pool, norm, activation, separable, residual, spatial_dropout)
        self.body = nn.Sequential(
            *(Stage(before, width, *shape) for before, width in zip([channels, *widths], widths, strict=False))
        )
        self.flat = Flat(widths[-1], places, hidden) if pooling == "flat" else None

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)

    def pool(self, maps: Tensor) -> Tensor:
        return super().pool(maps) if self.flat is None else self.flat(maps)  # type: ignore[no-any-return]
