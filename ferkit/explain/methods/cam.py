"""What the class activation methods share: maps at one depth, their gradient, and their weighted sum."""

import torch
from torch import Tensor

from ferkit.explain.inside import LAST, at_depth, depths, look_inside, on_face
from ferkit.explain.method import Parameter
from ferkit.models import Network

__all__ = ["FINER", "maps_and_gradients", "one_hot", "summed"]

FINER = Parameter(
    "finer", 0, 0, 4, "How many steps before the last maps it looks: finer maps that know less of the class."
)


def maps_and_gradients(model: Network, x: Tensor, target: Tensor, finer: int) -> dict[str, tuple[Tensor, Tensor]]:
    """By depth: maps A and dy/dA of the target's logit y, both (B, K, h, w)."""
    names = at_depth(depths(model, x), finer)
    inside = look_inside(model, x, names)
    gradients = inside.gradients(one_hot(target, inside.logits))
    return {name: (inside.outputs[name].detach(), gradients[name]) for name in names}


def one_hot(target: Tensor, logits: Tensor) -> Tensor:
    """(B, C): 1 at each face's class."""
    return torch.zeros_like(logits).scatter_(1, target[:, None], 1)


def summed(model: Network, weighted: dict[str, Tensor], side: int) -> Tensor:
    """Weighted maps (B, K, h, w) by depth -> (B, h, w), their sum over channels; as large as the face where an
    ensemble's members have one each."""
    if list(weighted) == [LAST]:
        return model.evidence(weighted[LAST], torch.ones_like(weighted[LAST]))
    if len(weighted) == 1 and not next(iter(weighted)).startswith("members."):
        return next(iter(weighted.values())).sum(1)
    return torch.stack([on_face(model, name, maps, side) for name, maps in weighted.items()]).sum(0)
