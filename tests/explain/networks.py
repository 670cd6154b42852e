"""Networks to explain."""

import torch
from torch import nn

from ferkit.models import Network

__all__ = ["shaken"]


def shaken(model: Network) -> Network:
    """`model` in eval mode, its norms and placed means given something to do."""
    generator = torch.Generator().manual_seed(5)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d) and module.running_mean is not None and module.running_var is not None:
            module.running_mean.copy_(torch.randn(module.running_mean.shape, generator=generator) / 10)
            module.running_var.copy_(torch.rand(module.running_var.shape, generator=generator) + 0.5)
        if type(module).__name__ == "PlacedMean":
            weight = module.weight
            assert isinstance(weight, nn.Parameter)
            weight.data.copy_(torch.rand(weight.shape, generator=generator))
    return model.eval()
