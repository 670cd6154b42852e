"""Convolutions with more parts in training than in use.

Ding et al. 2021, RepVGG: Making VGG-style ConvNets Great Again, arXiv:2101.03697. The branches are linear, so that
their sum is one convolution: what is trained with three branches is deployed with one, for nothing more at inference.
"""

import copy
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.models.blocks import ConvNorm
from ferkit.models.mirrored import MirroredBatchNorm2d, MirroredConv2d, all_kernels

__all__ = ["RepConvNorm", "WhitenedConvNorm", "deployed", "merged", "whiten"]

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


class WhitenedConvNorm(nn.Module):
    """relu(norm(conv1×1(whitened 3×3 patches of x))); same padding.

    `kernel` (9C, C, 3, 3) is fixed. Row i is the eigenvector v of the covariance of the faces' patches, divided by
    √(λ + ε) (Jordan 2024, arXiv:2404.00498). As no activation follows it, both are one 3×3 convolution, which learns
    as if its input were white.
    """

    kernel: Tensor

    def __init__(self, in_channels: int, out_channels: int, stride: int = 1, mirrored: bool = False) -> None:
        super().__init__()
        self.stride = stride
        self.mirrored = mirrored
        inputs = 9 * in_channels
        identity = torch.zeros(inputs, inputs).fill_diagonal_(1)  # torch.eye drafts by way of torch's compiler
        self.register_buffer("kernel", identity.view(inputs, in_channels, 3, 3))
        self.pointwise = ConvNorm(inputs, out_channels, 1, act=None, mirrored=mirrored, lifting=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.pointwise[1](F.conv2d(x, self._weight(), stride=self.stride, padding=1)).relu()

    def _weight(self) -> Tensor:
        """(K, C, h, w), those of the mirrored half included."""
        return all_kernels(self._kernels(), lifting=True) if self.mirrored else self._kernels()

    def _kernels(self) -> Tensor:
        """As learned, summed in float32 under autocast too."""
        own: Tensor = self.pointwise[0].weight  # type: ignore[assignment]
        return (own.flatten(1)[:, :, None] * self.kernel.flatten(1)).sum(1).view(-1, *self.kernel.shape[1:])

    @torch.no_grad()
    def fit(self, x: Tensor, eps: float = 5e-4) -> None:
        """Whiten the patches of normalised faces x (N, C, H, W)."""
        values, vectors = torch.linalg.eigh(_covariance(x))
        self.kernel.copy_((vectors / (values.clamp(min=0) + eps).sqrt()).T.view(self.kernel.shape))

    @torch.no_grad()
    def merged(self) -> nn.Sequential:
        """One 3×3 convolution, its norm, the activation."""
        weight = self._kernels()
        maps, inputs = weight.shape[:2]
        with torch.device(weight.device):
            single = (
                MirroredConv2d(inputs, 2 * maps, 3, bias=False, lifting=True)
                if self.mirrored
                else nn.Conv2d(inputs, maps, 3, self.stride, 1, bias=False)
            ).to(weight.dtype)
        single.weight.copy_(weight)
        return nn.Sequential(single, copy.deepcopy(self.pointwise[1]), nn.ReLU())


def _covariance(x: Tensor) -> Tensor:
    """Of all 3×3 patches of x (N, C, H, W), their means taken off: (9C, 9C), in double precision."""
    patches = F.unfold(x, 3).transpose(1, 2).flatten(0, 1)
    return patches.double().T.cov()


def whiten(model: nn.Module, x: Tensor) -> None:
    """Fit the convolutions of a fresh model that read whitened patches to normalised faces x (N, C, H, W)."""
    for module in model.modules():
        if isinstance(module, WhitenedConvNorm):
            module.fit(x)


def deployed(model: Model) -> Model:
    """The model as plain convolutions and norms, a copy of it: branches merged, mirrored kernels written out.
    The model itself where it has none of these."""
    return _replaced(merged(model), MirroredConv2d | MirroredBatchNorm2d)


def merged(model: Model) -> Model:
    """The model with its branches merged and all else as it was learned, a copy of it; the model itself where it has
    none."""
    return _replaced(model, RepConvNorm | WhitenedConvNorm)


def _replaced(model: Model, kinds: Any) -> Model:
    """A copy in which each module of the `kinds` gave way to what its `merged` returns."""
    if not any(isinstance(module, kinds) for module in model.modules()):
        return model
    model = copy.deepcopy(model)
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, kinds):
                learns = next(child.parameters()).requires_grad
                setattr(parent, name, child.merged().train(child.training).requires_grad_(learns))  # type: ignore[operator]
    return model


def _scaled(kernel: Tensor, norm: nn.Module) -> tuple[Tensor, Tensor]:
    """w γ / √(σ² + ε) and β - μ γ / √(σ² + ε), in double precision."""
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    return kernel.double() * scale[:, None, None, None], norm.bias.double() - norm.running_mean.double() * scale
