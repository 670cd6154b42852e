"""The blur ahead of a stride."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Blur"]


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
