"""A plain convolutional network in which every part is an argument, for studies that change one thing at a time.

Batch norm: Ioffe & Szegedy 2015, arXiv:1502.03167. Separable convolution: Chollet 2017, arXiv:1610.02357.
Spatial dropout: Tompson et al. 2015, arXiv:1411.4280.
"""

from collections.abc import Callable

from torch import Tensor, nn

from ferkit.errors import ConfigError
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
POOLINGS = ("average", "flat")
POOLS: dict[str, Callable[[], nn.Module]] = {"max": lambda: nn.MaxPool2d(2), "average": lambda: nn.AvgPool2d(2)}


class Stage(nn.Module):
    """`convs` times convolution, norm, activation; a residual connection around them; spatial dropout; pooling by
    two."""

    def __init__(
        self, inside: int, out: int, kernel: int, convs: int, pool: str, norm: str, activation: str,
        separable: bool, residual: bool, spatial_dropout: float,
    ) -> None:  # fmt: skip
        super().__init__()
        layers: list[nn.Module] = []
        for i in range(convs):
            layers += [
                _convolution(inside if i == 0 else out, out, kernel, separable, bias=norm == "none"),
                NORMS[norm](out),
                ACTIVATIONS[activation](),
            ]
        self.body = nn.Sequential(*layers)
        self.skip = nn.Conv2d(inside, out, 1) if residual else None
        self.after = nn.Sequential(nn.Dropout2d(spatial_dropout), POOLS[pool]())

    def forward(self, x: Tensor) -> Tensor:
        y = self.body(x)
        return self.after(y if self.skip is None else y + self.skip(x))


def _convolution(inside: int, out: int, kernel: int, separable: bool, bias: bool) -> nn.Module:
    if not separable or inside < 4:  # a depthwise pass over one or three input channels would learn next to nothing
        return nn.Conv2d(inside, out, kernel, padding=kernel // 2, bias=bias)
    depthwise = nn.Conv2d(inside, inside, kernel, padding=kernel // 2, groups=inside, bias=False)
    return nn.Sequential(depthwise, nn.Conv2d(inside, out, 1, bias=bias))


class BaseCNN(Network):
    """`depth` stages, the first with `filters` channels and each next with twice as many; global average or a dense
    layer; linear head.

    Raises ConfigError for an unknown choice, an even kernel or a depth that leaves no pixel.
    """

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        depth: int = 3,
        filters: int = 32,
        kernel: int = 3,  # pixels, odd
        convs: int = 1,  # convolutions per stage
        pool: str = "max",
        norm: str = "batch",
        activation: str = "relu",
        separable: bool = False,
        residual: bool = False,
        dropout: float = 0.2,  # before the head
        spatial_dropout: float = 0.0,  # of whole maps, in each stage
        pooling: str = "average",  # of the last maps, or flat: a dense layer over all their places
        places: int = 5,  # per side, of the dense layer
        hidden: int = 128,  # of the dense layer
    ) -> None:
        for what, value, known in (
            ("pool", pool, POOLS),
            ("pooling", pooling, POOLINGS),
            ("norm", norm, NORMS),
            ("activation", activation, ACTIVATIONS),
        ):
            if value not in known:
                raise ConfigError(f"base-cnn's {what} must be one of {', '.join(known)}; got {value!r}.")
        if kernel % 2 == 0 or not 1 <= depth <= 5:
            raise ConfigError(
                f"base-cnn takes an odd kernel and a depth from 1 to 5; got kernel {kernel}, depth {depth}."
            )
        widths = [filters * 2**i for i in range(depth)]
        super().__init__(hidden if pooling == "flat" else widths[-1], classes, dropout)
        shape = (kernel, convs, pool, norm, activation, separable, residual, spatial_dropout)
        self.body = nn.Sequential(
            *(Stage(inside, out, *shape) for inside, out in zip([channels, *widths], widths, strict=False))
        )
        self.flat = Flat(widths[-1], places, hidden) if pooling == "flat" else None

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)

    def pool(self, maps: Tensor) -> Tensor:
        return super().pool(maps) if self.flat is None else self.flat(maps)  # type: ignore[no-any-return]
