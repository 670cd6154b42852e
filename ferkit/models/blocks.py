"""Parts that several networks share."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.models.mirrored import MirroredBatchNorm2d, MirroredConv2d

__all__ = ["Blur", "BlurPool", "ConvNorm", "Flat", "GeneralizedMean", "PlacedMean", "SqueezeExcite"]


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch norm, and an activation unless `act=None`; same padding."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 3,
        stride: int = 1,
        groups: int = 1,
        act: type[nn.Module] | None = nn.ReLU,
        mirrored: bool = False,
        lifting: bool = False,
    ):
        layers: list[nn.Module] = [
            MirroredConv2d(in_channels, out_channels, kernel, bias=False, lifting=lifting)
            if mirrored
            else nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False),
            MirroredBatchNorm2d(out_channels) if mirrored else nn.BatchNorm2d(out_channels),
        ]
        super().__init__(*layers, *([act()] if act else []))


class SqueezeExcite(nn.Module):
    """Channel attention s = sigmoid(W2 relu(W1 mean(x))), x * s (Hu et al. 2018, arXiv:1709.01507)."""

    def __init__(self, channels: int, reduction: int = 8, mirrored: bool = False) -> None:
        super().__init__()
        hidden = max(4, channels // reduction)
        hidden += hidden % 2 if mirrored else 0
        conv = MirroredConv2d if mirrored else nn.Conv2d
        self.squeeze = conv(channels, hidden, 1)
        self.excite = conv(hidden, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        s = self.squeeze(x.mean((2, 3), keepdim=True)).relu()
        return x * self.excite(s).sigmoid()


class Blur(nn.Module):
    """The binomial 3×3 filter on every channel, ahead of a stride (Zhang 2019, Making Convolutional Networks
    Shift-Invariant Again, arXiv:1904.11486, there behind the convolution)."""

    def __init__(self) -> None:
        super().__init__()
        row = (0.25, 0.5, 0.25)
        self.register_buffer("kernel", torch.tensor([[a * b for b in row] for a in row]), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel = self.kernel.to(x.dtype).expand(x.shape[1], 1, 3, 3)  # type: ignore[operator]
        return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), kernel, groups=x.shape[1])


class BlurPool(nn.Sequential):
    """The blur, then half the side, equivariant to mirroring: of an even side the means of two pixels, of an odd one
    every other pixel from the first to the last."""

    def __init__(self) -> None:
        super().__init__(Blur())

    def forward(self, x: Tensor) -> Tensor:
        blurred = super().forward(x)
        return F.avg_pool2d(blurred, 2) if x.shape[3] % 2 == 0 else blurred[..., ::2, ::2]


class GeneralizedMean(nn.Module):
    """(mean x^p)^(1/p) over each map, p learned from 3 on: (B, K, h, w) -> (B, K) (Radenović et al. 2018,
    arXiv:1711.02512)."""

    def __init__(self) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(3.0))

    def forward(self, maps: Tensor) -> Tensor:
        return maps.float().clamp(min=1e-6).pow(self.p).mean((2, 3)).pow(1 / self.p)


class PlacedMean(nn.Module):
    """A weighted mean over each map, with a learned weight for every position, (B, K, h, w) -> (B, K): mean x (1 + w),
    w beginning at 0.

    In aligned faces the position of a feature is as informative as its presence. Maps of another size are resized to
    `places` × `places`. The global depthwise convolution of Chen et al. 2018, MobileFaceNets, arXiv:1804.07573, around
    a plain mean.
    """

    def __init__(self, channels: int, places: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(channels, places, places))

    def forward(self, maps: Tensor) -> Tensor:
        size = self.weight.shape[1:]
        if maps.shape[2:] != size:
            maps = F.interpolate(maps, tuple(size), mode="bilinear", align_corners=False)
        return (maps * (1 + self.weight)).mean((2, 3))


class Flat(nn.Sequential):
    """All positions of all maps through a dense layer and a relu, (B, K, h, w) -> (B, hidden), as networks had it
    before global pooling.

    Maps of another size are resized to `places` × `places` first. It holds nearly all the weights of a small network.
    """

    def __init__(self, channels: int, places: int, hidden: int) -> None:
        super().__init__(nn.AdaptiveAvgPool2d(places), nn.Flatten(), nn.Linear(channels * places**2, hidden), nn.ReLU())
