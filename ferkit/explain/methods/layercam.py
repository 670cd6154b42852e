"""LayerCAM: positive slopes times maps at every place, the finer depths joined to the last. Jiang et al. 2021,
doi:10.1109/TIP.2021.3089943.

    M_d = relu(sum_k relu(g_k) A_k) at depth d, then tanh(2 M_d / max M_d) for all but the last maps; the largest of
    them at each place
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.explain.inside import at_depth, depths, look_inside
from ferkit.explain.method import Method, Parameter
from ferkit.explain.methods.cam import one_hot, summed
from ferkit.models import Network

__all__ = ["LAYERCAM"]

FLAT = 1e-6
SHARPENED = 2.0  # the paper's gamma


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    names = depths(model, x)
    levels = [at_depth(names, finer) for finer in range(min(values["depths"], len(names)))]
    inside = look_inside(model, x, list(dict.fromkeys(name for level in levels for name in level)))
    gradients = inside.gradients(one_hot(target, inside.logits))
    joined = torch.zeros(len(x), x.shape[2], x.shape[2])
    for finer, level in enumerate(levels):
        weighted = {name: gradients[name].relu() * inside.outputs[name].detach() for name in level}
        coarse = summed(model, weighted, x.shape[2]).relu()
        heat = F.interpolate(coarse[:, None], x.shape[2:], mode="bilinear", align_corners=False)[:, 0]
        low, high = heat.amin((1, 2), keepdim=True), heat.amax((1, 2), keepdim=True)
        says = high - low > FLAT * high  # maps of one pixel know no place
        heat = torch.where(says, heat / high.clamp(min=1e-20), 0.0)
        joined = torch.maximum(joined, heat if finer == 0 else (SHARPENED * heat).tanh())
    return joined


LAYERCAM = Method(
    "layercam",
    "LayerCAM",
    "doi:10.1109/TIP.2021.3089943",
    "Positive slopes times maps, finer depths joined to the last one.",
    explain,
    (Parameter("depths", 3, 1, 5, "How many depths are joined, from the last maps on."),),
)
