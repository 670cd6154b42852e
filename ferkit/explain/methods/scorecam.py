"""Score-CAM: each map's weight is what the score becomes when only what the map shows is left. Wang et al. 2020,
arXiv:1910.01279.

    w = softmax over k of y(r + M_k (x - r)) - y(r),  map = sum_k w_k A_k

M_k is the k-th of the last maps, enlarged and scaled to [0, 1]; r the reference face (the paper's is black). Of many
maps the most active ones are tried.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.explain.method import CHUNK, Method, Parameter
from ferkit.models import Network
from ferkit.models.ensemble import Ensemble

__all__ = ["SCORECAM"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    with torch.no_grad():
        maps = model.maps(x)  # (B, K, h, w)
        before = model(reference)[:, target][0]  # (B,)
        best = maps.mean((2, 3)).topk(min(values["channels"], maps.shape[1]), 1).indices  # (B, n)
        planes = _planes(model, maps, best)  # (B, n, h, w)
        masks = _unit(F.interpolate(planes, x.shape[2:], mode="bilinear", align_corners=False))
        pairs = [(face, plane) for face in range(len(x)) for plane in range(best.shape[1])]
        scores = []
        for start in range(0, len(pairs), CHUNK):
            rows, planes_ = torch.tensor(pairs[start : start + CHUNK]).T
            left = reference + masks[rows, planes_][:, None] * (x[rows] - reference)
            scores.append(model(left)[torch.arange(len(rows)), target[rows]] - before[rows])
        weights = torch.cat(scores).view(len(x), -1).softmax(1)
        return (weights[:, :, None, None] * planes).sum(1)


def _planes(model: Network, maps: Tensor, best: Tensor) -> Tensor:
    """The chosen maps of each face, (B, n, h, w); those of an ensemble where its members look."""
    if not isinstance(model, Ensemble):
        return maps.gather(1, best[:, :, None, None].expand(-1, -1, *maps.shape[2:]))
    planes = []
    for channels in best.T:
        alone = torch.zeros_like(maps)
        rows = torch.arange(len(maps))
        alone[rows, channels] = maps[rows, channels]
        planes.append(model.evidence(alone, torch.ones_like(alone)))
    return torch.stack(planes, 1)


def _unit(maps: Tensor) -> Tensor:
    low, high = maps.amin((2, 3), keepdim=True), maps.amax((2, 3), keepdim=True)
    return (maps - low) / (high - low).clamp(min=1e-12)


SCORECAM = Method(
    "scorecam",
    "Score-CAM",
    "arXiv:1910.01279",
    "Maps weighted by the score that is left when only what they show is left; no slope.",
    explain,
    (Parameter("channels", 24, 1, 2048, "How many of the most active maps are tried."),),
)
