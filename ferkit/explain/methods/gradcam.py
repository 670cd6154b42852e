"""Grad-CAM: sum_k a_k A_k, a_k the mean of dy/dA_k over places. Selvaraju et al. 2017, arXiv:1610.02391."""

from typing import Any

from torch import Tensor

from ferkit.explain.method import Method
from ferkit.explain.methods.cam import FINER, maps_and_gradients, summed
from ferkit.models import Network

__all__ = ["GRADCAM"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    found = maps_and_gradients(model, x, target, values["finer"])
    weighted = {name: gradient.mean((2, 3), keepdim=True) * maps for name, (maps, gradient) in found.items()}
    return summed(model, weighted, x.shape[2])


GRADCAM = Method(
    "gradcam",
    "Grad-CAM",
    "arXiv:1610.02391",
    "Maps weighted by the mean slope of the class's score.",
    explain,
    (FINER,),
)
