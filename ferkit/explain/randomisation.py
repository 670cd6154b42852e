"""Whether a method's maps depend on what was learned: those of a network with shuffled weights must differ.

Adebayo et al. 2018, Sanity Checks for Saliency Maps, arXiv:1810.03292.
"""

from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.explain.replica import replica

__all__ = ["correlations", "shuffled"]

Model = TypeVar("Model", bound=nn.Module)


def shuffled(model: Model, seed: int = 0) -> Model:
    """A copy whose learned numbers are in a random order within each tensor: their distribution stays, what they say is
    gone. `model` stays as it is."""
    own, generator = replica(model), torch.Generator().manual_seed(seed)
    for module in own.modules():
        for name, value in list(module.named_parameters(recurse=False)):
            order = torch.randperm(value.numel(), generator=generator)
            mixed = value.detach().flatten()[order].view(value.shape)
            setattr(module, name, nn.Parameter(mixed, requires_grad=False))
    return own


def correlations(maps: Tensor, others: Tensor) -> Tensor:
    """Pearson's r of each map (B, h, w) with the other of the same face (B, h', w'): (B,); 0 where one is constant."""
    if maps.shape != others.shape:
        others = F.interpolate(others[:, None], maps.shape[1:], mode="bilinear", align_corners=False)[:, 0]
    a, b = (part.double().flatten(1) - part.double().flatten(1).mean(1, keepdim=True) for part in (maps, others))
    norms = a.norm(dim=1) * b.norm(dim=1)
    return torch.where(norms > 1e-12, (a * b).sum(1) / norms.clamp(min=1e-12), 0.0).float()
