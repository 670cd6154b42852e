"""Parts that several networks share."""

from torch import Tensor, nn

__all__ = ["ConvNorm", "SqueezeExcite"]


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch norm, and an activation unless `act=None`; same padding."""

    def __init__(self, inside: int, out: int, kernel: int = 3, stride: int = 1, groups: int = 1, act: type[nn.Module] | None = nn.ReLU):
        layers: list[nn.Module] = [
            nn.Conv2d(inside, out, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(out),
        ]
        super().__init__(*layers, *([act()] if act else []))


class SqueezeExcite(nn.Module):
    """Channel attention s = sigmoid(W2 relu(W1 mean(x))), x * s (Hu et al. 2018, arXiv:1709.01507)."""

    def __init__(self, channels: int, reduction: int = 8) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, max(4, channels // reduction), 1)
        self.excite = nn.Conv2d(max(4, channels // reduction), channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        s = self.squeeze(x.mean((2, 3), keepdim=True)).relu()
        return x * self.excite(s).sigmoid()
