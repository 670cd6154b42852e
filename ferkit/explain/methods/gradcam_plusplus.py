"""Grad-CAM++: places whose slope is positive count, each by its share of the class. Chattopadhyay et al. 2018,
arXiv:1710.11063.

    a_kij = g_kij^2 / (2 g_kij^2 + g_kij^3 sum_ab A_kab),  w_k = sum_ij a_kij relu(g_kij),  map = sum_k w_k A_k

g = dy/dA; the score is taken as exp(y), whose factor cancels when the map is scaled.
"""

from typing import Any

import torch
from torch import Tensor

from ferkit.explain.method import Method
from ferkit.explain.methods.cam import FINER, maps_and_gradients, summed
from ferkit.models import Network

__all__ = ["GRADCAM_PLUSPLUS"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    found = maps_and_gradients(model, x, target, values["finer"])
    return summed(model, {name: _weighted(*pair) for name, pair in found.items()}, x.shape[2])


def _weighted(maps: Tensor, gradient: Tensor) -> Tensor:
    # the slope's unit matters in the denominator: as large as it is where the score is exp(y) with y near 0
    below = 2 * gradient**2 + gradient**3 * maps.sum((2, 3), keepdim=True)
    share = torch.where(below != 0, gradient**2 / torch.where(below != 0, below, torch.ones_like(below)), 0.0)
    return (share * gradient.relu()).sum((2, 3), keepdim=True) * maps


GRADCAM_PLUSPLUS = Method(
    "gradcam++",
    "Grad-CAM++",
    "arXiv:1710.11063",
    "Grad-CAM that counts each place where the slope is positive, for a cue that occurs more than once.",
    explain,
    (FINER,),
)
