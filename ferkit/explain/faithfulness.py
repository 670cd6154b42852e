"""Whether a map names what the network uses: take the pixels away in the map's order, or bring them back.

Deletion and insertion: Petsiuk et al. 2018, RISE, arXiv:1806.07421.

    deletion:   P(target) when the first q of the pixels, strongest first, are the reference face's; lower is better
    insertion:  P(target) when all but the first q are;                                               higher is better

Each is the area under its curve over q = 0 ... 1. A map that says nothing about the network, such as a blob in the
middle of the face, sets the mark: faces are in the middle.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.models import Network

__all__ = ["BASELINES", "Faithfulness", "area", "faithfulness", "ranks"]

STEPS = 8


@dataclass(frozen=True, eq=False)
class Faithfulness:
    """Of B maps: the probability of the target along both ways."""

    deletion: Tensor  # (B, steps + 1)
    insertion: Tensor  # (B, steps + 1), from the reference face to the whole one

    @property
    def deletion_auc(self) -> Tensor:
        """(B,) in [0, 1], lower is better."""
        return area(self.deletion)

    @property
    def insertion_auc(self) -> Tensor:
        """(B,) in [0, 1], higher is better."""
        return area(self.insertion)

    @property
    def score(self) -> Tensor:
        """(B,): insertion less deletion; 0 for an order that means nothing."""
        return self.insertion_auc - self.deletion_auc


def faithfulness(
    model: Network, x: Tensor, target: Tensor, maps: Tensor, reference: Tensor, steps: int = STEPS
) -> Faithfulness:
    """Both curves of the maps (B, h, w) of the classes `target` (B,) in faces x (B, C, H, W); `reference` (1, C, H, W)
    takes the place of what is deleted."""
    order = ranks(maps, x.shape[2])[:, None]  # (B, 1, H, W): the share of pixels that come before
    rows = torch.arange(len(x))
    with torch.inference_mode():
        ends = [model(face).softmax(1) for face in (x, reference)]
        whole, empty = ends[0][rows, target], ends[1][0, target]
        deleted, inserted = [whole], [empty]
        for step in range(1, steps):
            first = order < step / steps
            for curve, face in (
                (deleted, torch.where(first, reference, x)),
                (inserted, torch.where(first, x, reference)),
            ):
                curve.append(model(face).softmax(1)[rows, target])
        return Faithfulness(torch.stack([*deleted, empty], 1), torch.stack([*inserted, whole], 1))


def ranks(maps: Tensor, side: int) -> Tensor:
    """The place of every pixel in the order of the map, strongest first, in [0, 1): (B, side, side) of maps (B, h, w),
    enlarged bilinearly; pixels of equal strength in a fixed random order."""
    grown = F.interpolate(maps[:, None].float(), (side, side), mode="bilinear", align_corners=False).flatten(1)
    shuffle = torch.randperm(side**2, generator=torch.Generator().manual_seed(0))
    order = shuffle[grown[:, shuffle].argsort(dim=1, descending=True, stable=True)]
    places = torch.arange(side**2).expand_as(order) / side**2
    return torch.empty_like(grown).scatter_(1, order, places.to(grown)).view(-1, side, side)


def area(curves: Tensor) -> Tensor:
    """Under curves (B, n) over an even division of [0, 1], by the trapezoidal rule: (B,)."""
    return torch.trapezoid(curves, dx=1 / (curves.shape[1] - 1), dim=1)


def centre(n: int, side: int) -> Tensor:
    """A round blob in the middle, (n, side, side), its deviation a fifth of the side."""
    place = torch.arange(side) - (side - 1) / 2
    square = place**2 / (2 * (0.2 * side) ** 2)
    return torch.exp(-(square[:, None] + square)).expand(n, side, side)


def random(n: int, side: int) -> Tensor:
    """Smooth noise, another for each face, (n, side, side)."""
    coarse = torch.rand(n, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    return F.interpolate(coarse, (side, side), mode="bilinear", align_corners=False)[:, 0]


BASELINES: dict[str, Callable[[int, int], Tensor]] = {"random": random, "centre": centre}
