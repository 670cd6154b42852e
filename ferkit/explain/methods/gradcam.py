"""Grad-CAM: sum_k a_k A_k, a_k the mean of dy/dA_k over places. Selvaraju et al. 2017, arXiv:1610.02391."""

from typing import Any

import torch
from torch import Tensor

from ferkit.explain.class_maps import class_maps
from ferkit.explain.method import Method
from ferkit.explain.methods.cam import FINER, maps_and_gradients, summed
from ferkit.models import Network

__all__ = ["GRADCAM"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    found = maps_and_gradients(model, x, target, values["finer"])
    weighted = {name: gradient.mean((2, 3), keepdim=True) * maps for name, (maps, gradient) in found.items()}
    return summed(model, weighted, x.shape[2])


def explain_all(model: Network, x: Tensor, reference: Tensor, **values: Any) -> Tensor:
    """At the last maps one pass gives all classes."""
    if values["finer"] == 0:
        evidence = class_maps(model, x).evidence
        return evidence / (evidence.shape[2] * evidence.shape[3])
    classes = [x.new_full((len(x),), c, dtype=torch.int64) for c in range(model(x).shape[1])]
    return torch.stack([explain(model, x, target, reference, **values) for target in classes], 1)


GRADCAM = Method(
    "gradcam",
    "Grad-CAM",
    "arXiv:1610.02391",
    "Maps weighted by the mean slope of the class's score.",
    explain,
    (FINER,),
    explain_all=explain_all,
)
