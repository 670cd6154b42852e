"""Kernel SHAP over superpixels: Shapley values of the squares of a grid, by weighted least squares. Lundberg & Lee
2017, arXiv:1705.07874; paired sampling as in Covert & Lee 2021, arXiv:2012.01536.

    phi minimises sum over z of (y(r + z (x - r)) - y(r) - z phi)^2 with sum phi = y(x) - y(r),
    z drawn with p(|z| = s) in proportion to (M - 1) / (s (M - s))

z says which of the M squares are the face's own; the others are the reference face's. One draw serves all faces and one
solution all of them, which captum's, a face at a time, does not; the mirror images of z are drawn too.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from ferkit.explain.method import CHUNK, Method, Parameter
from ferkit.models import Network

__all__ = ["KERNELSHAP", "coalitions", "shapley"]


def explain(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    across = values["across"]
    own = coalitions(across, values["samples"], values["seed"])  # (S, M)
    masks = F.interpolate(own.view(-1, 1, across, across), x.shape[2:], mode="nearest-exact")  # (S, 1, H, H)
    rows, together = torch.arange(len(x)), max(1, CHUNK // len(x))
    with torch.no_grad():
        empty, full = model(reference)[0, target], model(x)[rows, target]
        scores = []
        for some in masks.split(together):
            mixed = torch.where(some[:, None] > 0, x, reference).flatten(0, 1)  # (n B, C, H, H)
            logits = model(mixed).unflatten(0, (len(some), len(x)))
            scores.append(logits[:, rows, target])
    return shapley(own, torch.cat(scores), empty, full).T.view(len(x), across, across)


def coalitions(across: int, samples: int, seed: int) -> Tensor:
    """About `samples` sets of squares, float32 (S, across^2) of 0 and 1: each with its complement and the mirror images
    of both."""
    generator = torch.Generator().manual_seed(seed)
    m = across**2
    sizes = torch.arange(1, m)
    chance = 1.0 / (sizes * (m - sizes))
    drawn = sizes[torch.multinomial(chance, max(1, samples // 4), replacement=True, generator=generator)]
    order = torch.rand(len(drawn), m, generator=generator).argsort(1).argsort(1)
    own = (order < drawn[:, None]).float()
    own = torch.cat([own, 1 - own]).view(-1, across, across)
    return torch.cat([own, own.flip(2)]).flatten(1)


def shapley(own: Tensor, scores: Tensor, empty: Tensor, full: Tensor) -> Tensor:
    """Sets (S, M), their scores (S, B), the scores of no square and of all, (B,) -> values (M, B) that sum to full -
    empty."""
    own, gain, total = own.double(), (scores - empty).double(), (full - empty).double()
    second = own.T @ own / len(own) + 1e-6 * torch.eye(own.shape[1], dtype=torch.double)
    first = torch.linalg.solve(second, own.T @ gain / len(own))  # (M, B)
    ones = torch.linalg.solve(second, torch.ones(own.shape[1], 1, dtype=torch.double))
    return (first - ones * (first.sum(0) - total) / ones.sum()).float()


KERNELSHAP = Method(
    "kernelshap",
    "Kernel SHAP",
    "arXiv:1705.07874",
    "Each square's fair share of the score, over many ways to mix this face with the mean face.",
    explain,
    (
        Parameter("across", 5, 2, 16, "Squares in each direction."),
        Parameter("samples", 96, 8, 10_000, "Mixed faces; more are more exact and slower."),
        Parameter("seed", 0, 0, 2**31 - 1, "Of the draw."),
    ),
    signed=True,
)
