"""HiResCAM: sum_k g_k A_k, place by place. Draelos & Carin 2020, arXiv:2011.08891.

With a global average and a linear head the slope is the same at every place of the last maps, and this is Grad-CAM.
"""

from typing import Any

from torch import Tensor

from ferkit.explain.method import Method
from ferkit.explain.methods.cam import FINER, maps_and_gradients, summed
from ferkit.models import Network

__all__ = ["HIRESCAM"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    found = maps_and_gradients(model, x, target, values["finer"])
    return summed(model, {name: gradient * maps for name, (maps, gradient) in found.items()}, x.shape[2])


HIRESCAM = Method(
    "hirescam",
    "HiResCAM",
    "arXiv:2011.08891",
    "Maps times slopes at every place: exactly the places that raised the score.",
    explain,
    (FINER,),
    signed=True,
)
