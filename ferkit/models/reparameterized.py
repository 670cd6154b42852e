"""Convolutions with more branches in training than in use.

Ding et al. 2021, RepVGG: Making VGG-style ConvNets Great Again, arXiv:2101.03697. The branches are linear, so that
their sum is one convolution: what is trained with three branches is deployed with one, for nothing more at inference.
"""

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.models.blocks import ConvNorm

__all__ = ["RepConvNorm", "deployed"]

Model = TypeVar("Model", bound=nn.Module)


class RepConvNorm(nn.Module):
    """act(norm(conv3×3(x)) + norm(conv1×1(x)) + norm(x)), the last one where shapes agree; same padding."""

    def __init__(
        self, in_channels: int, out_channels: int, stride: int = 1, act: type[nn.Module] | None = nn.ReLU
    ) -> None:
        super().__init__()
        self.stride = stride
        self.dense = ConvNorm(in_channels, out_channels, 3, stride, act=None)
        self.pointwise = ConvNorm(in_channels, out_channels, 1, stride, act=None)
        self.identity = nn.BatchNorm2d(in_channels) if stride == 1 and in_channels == out_channels else None
        self.act = act() if act else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        branches = self.dense(x) + self.pointwise(x)
        return self.act(branches if self.identity is None else branches + self.identity(x))

    @torch.no_grad()
    def merged(self) -> nn.Sequential:
        """One 3×3 convolution with a bias, then the activation: what this block is in eval mode."""
        conv: nn.Conv2d = self.dense[0]  # type: ignore[assignment]
        kernels = [(conv.weight, self.dense[1])]
        kernels.append((F.pad(self.pointwise[0].weight, (1, 1, 1, 1)), self.pointwise[1]))  # type: ignore[arg-type]
        if self.identity is not None:
            center = torch.eye(conv.in_channels, device=conv.weight.device)[:, :, None, None]
            kernels.append((F.pad(center, (1, 1, 1, 1)), self.identity))
        weights, biases = zip(*(_scaled(kernel, norm) for kernel, norm in kernels), strict=True)
        with torch.device(conv.weight.device):
            single = nn.Conv2d(conv.in_channels, conv.out_channels, 3, self.stride, 1, dtype=conv.weight.dtype)
        single.weight.copy_(sum(weights))
        single.bias.copy_(sum(biases))  # type: ignore[union-attr]
        return nn.Sequential(single, self.act)


def deployed(model: Model) -> Model:
    """The model with its branches merged, a copy of it; the model itself where it has none."""
    if not any(isinstance(module, RepConvNorm) for module in model.modules()):
        return model
    model = copy.deepcopy(model)
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, RepConvNorm):
                setattr(parent, name, child.merged().train(child.training))
    return model


def _scaled(kernel: Tensor, norm: nn.Module) -> tuple[Tensor, Tensor]:
    """w γ / √(σ² + ε) and β - μ γ / √(σ² + ε), in double precision."""
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    return kernel.double() * scale[:, None, None, None], norm.bias.double() - norm.running_mean.double() * scale
