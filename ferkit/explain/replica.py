"""A private copy of a network on the same weights: hooks, modes and gradients of the original are never touched.

    own = replica(model)  # other threads may run `model`, or replicas of their own, meanwhile

Hooks on a network that threads share make captum fail and `backward` crash (both write into shared modules). A copy of
the modules alone costs milliseconds and no memory for weights.
"""

import copy
from typing import TypeVar

import torch
from torch import nn

__all__ = ["replica"]

Model = TypeVar("Model", bound=nn.Module)


def replica(model: Model) -> Model:
    """The modules anew, in eval mode, without the original's hooks; parameters are frozen views of the same memory,
    buffers are shared. Whatever happens to the copy, `model` stays as it was."""
    with torch.inference_mode(False), torch.no_grad():
        shared: dict[int, object] = {id(p): nn.Parameter(p.detach(), requires_grad=False) for p in model.parameters()}
        shared |= {id(buffer): buffer.detach() for buffer in model.buffers()}
        own = copy.deepcopy(model, shared)
    for module in own.modules():
        module.training = False
        for hooks in (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks):
            hooks.clear()
    return own
