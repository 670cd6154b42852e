"""ROAD, remove and debias: what is taken away is filled in from its neighbours, so that the hole itself shows nothing.
Rong et al. 2022, arXiv:2202.00449.

    road = mean over shares q of [P(target | weakest q filled in) - P(target | strongest q filled in)]

It lies in [-1, 1]; 0 for an order that means nothing. A filled pixel is the weighted mean of its neighbours, 1/6 for
those beside, 1/12 for those across, plus noise of deviation 0.02.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.explain.faithfulness import ranks
from ferkit.models import Network

__all__ = ["fill_in", "road"]

SHARES = (0.2, 0.4, 0.6)
NOISE = 0.02
ROUNDS = 24  # of averaging at each size
KERNEL = torch.tensor([[1.0, 2.0, 1.0], [2.0, 0.0, 2.0], [1.0, 2.0, 1.0]]).view(1, 1, 3, 3) / 12


def road(model: Network, x: Tensor, target: Tensor, maps: Tensor, shares: tuple[float, ...] = SHARES) -> Tensor:
    """Of maps (B, h, w) of the classes `target` (B,) in faces x (B, C, H, W): (B,), higher is better."""
    order, rows = ranks(maps, x.shape[2])[:, None], torch.arange(len(x))
    noise = NOISE * torch.randn(x.shape[1:], generator=torch.Generator().manual_seed(0))
    differences = []
    with torch.inference_mode():
        for share in shares:
            strongest, weakest = (fill_in(x, hole) + noise * hole for hole in (order < share, order >= 1 - share))
            without = [model(face).softmax(1)[rows, target] for face in (strongest, weakest)]
            differences.append(without[1] - without[0])
    return torch.stack(differences).mean(0)


def fill_in(x: Tensor, hole: Tensor) -> Tensor:
    """Faces (B, C, H, W) whose pixels at `hole`, bool (B, 1, H, W), are the weighted means of their neighbours; solved
    by averaging again and again, first at half the size where it is large."""
    known = (~hole).to(x)
    if x.shape[2] > 6 and x.shape[2] % 2 == 0:
        size = x.shape[2] // 2
        weight = F.adaptive_avg_pool2d(known, size)
        half = F.adaptive_avg_pool2d(x * known, size) / weight.clamp(min=1e-6)
        start = F.interpolate(fill_in(half, weight == 0), x.shape[2:], mode="bilinear", align_corners=False)
    else:
        start = (x * known).sum((2, 3), keepdim=True) / known.sum((2, 3), keepdim=True).clamp(min=1)
        start = start.expand_as(x)
    filled = torch.where(hole, start, x)
    kernel, channels = KERNEL.to(x).expand(x.shape[1], 1, 3, 3), x.shape[1]
    weights = F.conv2d(torch.ones_like(x[:1]), kernel, padding=1, groups=channels)
    for _ in range(ROUNDS):
        filled = torch.where(hole, F.conv2d(filled, kernel, padding=1, groups=channels) / weights, x)
    return filled
