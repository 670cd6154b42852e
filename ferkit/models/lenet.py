"""LeNet-5, as drawn in 1998 but for max pooling and rectifiers: the baseline to beat.

LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 86(11).
"""

from torch import Tensor, nn

from ferkit.models.arguments import Share
from ferkit.models.network import Network

__all__ = ["LeNet"]


class LeNet(Network):
    """Two 5×5 convolutions with pooling, then dense layers of 120 and 84. Its maps are averaged to 8×8 for any input
    size."""

    paper = "doi:10.1109/5.726791"

    def __init__(self, classes: int, channels: int = 1, dropout: Share = 0.0) -> None:
        super().__init__(84, classes, dropout)
        self.body = nn.Sequential(
            nn.Conv2d(channels, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU()
        )  # fmt: skip
        self.shrink = nn.AdaptiveAvgPool2d(8)
        self.dense = nn.Sequential(nn.Linear(16 * 8 * 8, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU())

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)

    def pool(self, maps: Tensor) -> Tensor:
        return self.dense(self.shrink(maps).flatten(1))
