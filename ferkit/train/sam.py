"""Sharpness-aware minimisation: descend by the gradient at the place nearby where the loss is worst.

Foret et al. 2021, Sharpness-Aware Minimization, arXiv:2010.01412.
"""

import contextlib
from collections.abc import Iterator

import torch
from torch import Tensor, nn

__all__ = ["sam_perturbation"]


@contextlib.contextmanager
def sam_perturbation(model: nn.Module, radius: float) -> Iterator[None]:
    """Within the context the weights are w + radius g / |g|, g being their present gradient, and batch norms do not
    gather statistics."""
    parameters = [p for p in model.parameters() if p.grad is not None]
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    momenta = [m.momentum for m in norms]
    before = _moved(parameters, radius)
    for norm in norms:
        norm.momentum = 0.0
    try:
        yield
    finally:
        with torch.no_grad():
            for p, weights in zip(parameters, before, strict=True):
                p.copy_(weights)
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum


@torch.no_grad()
def _moved(parameters: list[nn.Parameter], radius: float) -> list[Tensor]:
    """Move the parameters and return where they were."""
    before = [p.detach().clone() for p in parameters]
    gradients = [p.grad for p in parameters if p.grad is not None]
    length = nn.utils.get_total_norm(gradients).clamp(min=1e-12)
    for p, g in zip(parameters, gradients, strict=True):
        p.add_(g, alpha=float(radius / length))
    return before
