"""Eigen-CAM: the first principal component of the last maps over places. Muhammad & Yeasin 2020, arXiv:2008.00299.

It knows no class: the same for every target. Its sign is that of the maps' mean.
"""

from typing import Any

import torch
from torch import Tensor

from ferkit.explain.method import Method
from ferkit.models import Network

__all__ = ["EIGENCAM"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    with torch.no_grad():
        maps = model.maps(x)
        places = maps.flatten(2).transpose(1, 2)  # (B, hw, K)
        centred = places - places.mean(1, keepdim=True)
        first = torch.linalg.svd(centred, full_matrices=False).Vh[:, 0]  # (B, K)
        along = torch.einsum("bpk,bk->bp", centred, first)
        sign = torch.einsum("bp,bp->b", along, centred.mean(2)).sign()
        first = first * torch.where(sign == 0, 1.0, sign)[:, None]
        deviations = maps - maps.mean((2, 3), keepdim=True)
        return model.evidence(deviations * first[:, :, None, None], torch.ones_like(maps))


EIGENCAM = Method(
    "eigencam",
    "Eigen-CAM",
    "arXiv:2008.00299",
    "What varies most over the last maps; it knows no class.",
    explain,
)
