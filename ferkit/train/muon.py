"""Muon: the momentum of each kernel is made orthogonal before it is a step; all else learns by SGD with momentum.

Jordan et al. 2024, Muon: An optimizer for hidden layers in neural networks, kellerjordan.github.io/posts/muon, as in
airbench94_muon. `torch.optim.Muon` takes matrices alone, one at a time; here are convolutions, those of equal shape at
once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

import torch
from torch import Tensor, nn

from ferkit.train.config import TrainConfig

__all__ = ["SGD_SHARE", "Muon", "muon", "orthogonal"]

SGD_SHARE = 0.053 / 0.24  # of the rate, for all that learns by SGD: airbench's rate of biases over that of kernels
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
STEPS = 5


def muon(model: nn.Module, config: TrainConfig, heads: Set[int] = frozenset()) -> "Muon":
    """Muon at the rate `lr` for kernels and matrices that have no bias, because a norm follows them; SGD with Nesterov
    momentum at `SGD_SHARE` of it for norms, biases, what has a bias, the heads, and the first convolution.

    `heads` are ids of parameters; all others learn at the rate `body_lr` times theirs.
    """
    blocks = _blocks(model, heads)
    members: dict[tuple[int, float, float], list[nn.Parameter]] = defaultdict(list)
    for p in sorted(model.parameters(), key=lambda p: id(p) not in blocks):  # kernels first: theirs is the rate told
        count = blocks.get(id(p), 0)
        rate = config.lr * (1.0 if count else SGD_SHARE) * (1.0 if id(p) in heads else config.body_lr)
        members[count, rate, config.weight_decay if p.ndim > 1 and not count else 0.0].append(p)
    groups = [
        {"params": parameters, "blocks": count, "lr": rate, "weight_decay": decay}
        for (count, rate, decay), parameters in members.items()
    ]
    return Muon(groups, config.lr, config.momentum)


def _blocks(model: nn.Module, heads: Set[int]) -> dict[int, int]:
    """Ids of the parameters that Muon takes, each with the groups of its convolution."""
    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    first = next((layer for layer in layers if isinstance(layer, nn.Conv2d)), None)
    return {
        id(layer.weight): groups
        for layer in layers
        if layer is not first
        and layer.bias is None
        and id(layer.weight) not in heads
        and len(layer.weight) > (groups := layer.groups if isinstance(layer, nn.Conv2d) else 1)  # not depthwise
    }


class Muon(torch.optim.Optimizer):
    """Groups with `blocks` > 0 take Muon's step, those with 0 Nesterov's.

    A kernel (K, C, h, w) of g groups is g matrices (K / g, C·h·w). With momentum B ← μB + G, its step is
    W ← √K W / |W| − lr · orthogonal(G + μB): its length is fixed, so it does not decay.
    """

    def __init__(self, groups: Iterable[Mapping[str, Any]], lr: float, momentum: float) -> None:
        super().__init__(
            [dict(group) for group in groups], {"lr": lr, "momentum": momentum, "weight_decay": 0.0, "blocks": 0}
        )

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """One step along the gradients there are."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            parameters: list[Tensor] = [p for p in group["params"] if p.grad is not None]
            if not parameters:
                continue
            directions = list(self._nesterov(parameters, group))
            if group["blocks"]:
                _orthogonal_step(parameters, directions, group["blocks"], group["lr"])
            else:
                torch._foreach_add_(parameters, directions, alpha=-group["lr"])
        return loss

    def _nesterov(self, parameters: list[Tensor], group: Mapping[str, Any]) -> Sequence[Tensor]:
        """G + μB of each, its momentum B brought up to date."""
        gradients = [p.grad for p in parameters if p.grad is not None]
        if group["weight_decay"]:
            gradients = list(torch._foreach_add(gradients, parameters, alpha=group["weight_decay"]))
        for p in parameters:
            if "momentum_buffer" not in self.state[p]:
                self.state[p]["momentum_buffer"] = torch.zeros_like(p)
        momenta = [self.state[p]["momentum_buffer"] for p in parameters]
        torch._foreach_mul_(momenta, group["momentum"])
        torch._foreach_add_(momenta, gradients)
        return torch._foreach_add(gradients, momenta, alpha=group["momentum"])


def _orthogonal_step(parameters: Sequence[Tensor], directions: Sequence[Tensor], blocks: int, lr: float) -> None:
    alike: dict[torch.Size, list[int]] = defaultdict(list)
    for i, p in enumerate(parameters):
        alike[p.shape].append(i)
    for shape, members in alike.items():
        weights = torch.stack([parameters[i] for i in members])
        step = orthogonal(
            torch.stack([directions[i] for i in members]).reshape(len(members) * blocks, shape[0] // blocks, -1)
        )
        length = weights.flatten(1).norm(dim=1).clamp(min=1e-12).view(-1, *[1] * len(shape))
        weights = weights * (shape[0] ** 0.5 / length) - lr * step.view(weights.shape)
        torch._foreach_copy_([parameters[i] for i in members], list(weights.unbind()))


def orthogonal(matrices: Tensor) -> Tensor:
    """(N, rows, columns) -> about U Vᵀ of each matrix U S Vᵀ, all singular values between 0.7 and 1.2.

    Five steps of Newton and Schulz, X ← (aI + bA + cA²)X with A = XXᵀ, from X = G / |G|. The factors are polynomials
    of the first A, so they are multiplied first: nearly all products are of the short side of the matrix alone.
    """
    a, b, c = COEFFICIENTS
    x = matrices.float()
    if tall := x.shape[1] > x.shape[2]:
        x = x.mT
    x = x / x.flatten(1).norm(dim=1).clamp(min=1e-7).view(-1, 1, 1)
    gram = x @ x.mT
    product = torch.eye(len(gram[0]), device=x.device)
    for _ in range(STEPS):
        factor = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        factor.diagonal(dim1=1, dim2=2).add_(a)
        product = factor @ product
        gram = factor @ gram @ factor
    x = product @ x
    return (x.mT if tall else x).to(matrices.dtype)
