"""Occlusion by captum: what the score loses when a square of the face is replaced by that of the reference face. Zeiler
& Fergus 2014, arXiv:1311.2901."""

from typing import Any

import torch
from torch import Tensor

from ferkit.explain.method import Method, Parameter
from ferkit.explain.methods.needs import has_captum
from ferkit.models import Network

__all__ = ["OCCLUSION"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    from captum.attr import Occlusion

    side, channels = x.shape[2], x.shape[1]
    wanted = min(side, max(1, round(values["share"] * side)))
    stride = max(1, wanted // 2)
    window = wanted + (side - wanted) % stride  # so that squares lie as far from one edge as from the other
    with torch.no_grad():
        evidence = Occlusion(model.forward).attribute(
            x,
            baselines=reference.expand_as(x),
            target=target,
            sliding_window_shapes=(channels, window, window),
            strides=(channels, stride, stride),
        )
    return evidence.float().sum(1)


OCCLUSION = Method(
    "occlusion",
    "Occlusion",
    "arXiv:1311.2901",
    "What the score loses when a square is replaced by that of the mean face.",
    explain,
    (Parameter("share", 0.25, 0.02, 1.0, "Side of the square as a share of the face's; it moves by half of it."),),
    signed=True,
    supports=has_captum,
)
