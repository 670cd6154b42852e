"""How much a map changes when the face hardly does: the mean sensitivity of Yeh et al. 2019, arXiv:1901.09392.

s = mean over draws of |m(x + e) - m(x)| / |m(x)|,  e normal with deviation `noise`, |.| the Euclidean norm
"""

import torch
from torch import Tensor

from ferkit.explain.method import Method
from ferkit.models import Network

__all__ = ["sensitivity"]


def sensitivity(
    method: Method,
    model: Network,
    x: Tensor,
    target: Tensor,
    reference: Tensor | None = None,
    *,
    maps: Tensor | None = None,
    noise: float = 0.05,
    draws: int = 1,
) -> Tensor:
    """Of a method's maps (B,); 0 where noise changes nothing, not a number where there is no map. `maps` are those of
    x, where they are known; `noise` is in units of the normalised face."""
    before = method.maps(model, x, target, reference).maps if maps is None else maps
    generator, changes = torch.Generator().manual_seed(0), []
    for _ in range(draws):
        noisy = x + noise * torch.randn(x.shape[1:], generator=generator)
        after = method.maps(model, noisy, target, reference).maps
        changes.append((after - before).flatten(1).norm(dim=1) / before.flatten(1).norm(dim=1))
    found = torch.stack(changes).mean(0)
    return torch.where(found.isfinite(), found, torch.nan)
