"""A network as a list of its layers: shape, parameters, multiply-adds, what a unit sees, and the time each takes."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ferkit.explain.receptive_field import Fields, receptive_fields
from ferkit.explain.replica import replica
from ferkit.models import Network

__all__ = ["Layer", "network_map"]

PASSES = 7  # of which the median time is taken


@dataclass(frozen=True)
class Layer:
    """One layer that learns: a convolution, a linear layer, or attention as a whole."""

    name: str  # dotted
    kind: str  # "convolution 3×3, stride 2"
    shape: tuple[int, ...]  # of its output for one face, without the batch: (K, h, w), or (T, D) of tokens
    parameters: int
    macs: int  # multiply-adds for one face
    milliseconds: float  # for one face, on this machine
    field: Fields  # what a unit sees; None for all of the face, or where it has no place


def network_map(model: Network, x: Tensor) -> list[Layer]:
    """The layers of a network in the order in which one face, x (1, C, H, W), goes through them. A layer that is used
    twice is listed once. `model` stays as it is."""
    own = replica(model)
    units: dict[str, nn.Module] = {name: module for name, module in own.named_modules() if isinstance(module, Unit)}
    units = {name: module for name, module in units.items() if not _inside(name, units)}
    fields = receptive_fields(own, x)
    shapes, seconds = _timed(own, x, units)
    return [
        Layer(
            name,
            _kind(units[name]),
            shape[1:],
            sum(p.numel() for p in units[name].parameters()),
            _macs(units[name], shape),
            1000 * float(np.median(seconds[name])),
            fields.get(name),
        )
        for name, shape in shapes.items()
    ]


Unit = nn.Conv2d | nn.Linear | nn.MultiheadAttention


def _inside(name: str, units: dict[str, nn.Module]) -> bool:
    return any(name.startswith(f"{other}.") for other, module in units.items() if other != name)


def _timed(
    own: Network, x: Tensor, units: dict[str, nn.Module]
) -> tuple[dict[str, tuple[int, ...]], dict[str, list[float]]]:
    """The shape of each unit's output, in the order of the pass, and its seconds in each pass."""
    shapes: dict[str, tuple[int, ...]] = {}
    seconds: dict[str, list[float]] = {name: [] for name in units}
    began: dict[str, float] = {}

    def start(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, inputs: object) -> None:
            began[name] = time.perf_counter()

        return hook

    def stop(name: str) -> Callable[..., None]:
        def hook(module: nn.Module, inputs: object, output: object) -> None:
            seconds[name].append(time.perf_counter() - began[name])
            first = output[0] if isinstance(output, tuple) else output
            assert isinstance(first, Tensor)
            shapes.setdefault(name, tuple(first.shape))

        return hook

    for name, module in units.items():  # of a replica: nobody else has these hooks
        module.register_forward_pre_hook(start(name))
        module.register_forward_hook(stop(name))
    for _ in range(PASSES):
        with torch.enable_grad():  # a gradient keeps torch from fused layers, in which no unit is called
            own(x.detach().clone().requires_grad_())
    return shapes, seconds


def _kind(module: nn.Module) -> str:
    if isinstance(module, nn.Conv2d):
        size = "×".join(map(str, module.kernel_size))
        stride = "" if max(module.stride) == 1 else f", stride {max(module.stride)}"
        grouped = "depthwise" if module.groups == module.in_channels else "grouped"
        return f"{'convolution' if module.groups == 1 else grouped} {size}{stride}"
    return f"attention, {module.num_heads} heads" if isinstance(module, nn.MultiheadAttention) else "linear"


def _macs(module: nn.Module, shape: tuple[int, ...]) -> int:
    """Multiply-adds for one face whose output has this shape."""
    out = int(np.prod(shape[1:]))
    if isinstance(module, nn.Conv2d):
        return out * module.in_channels // module.groups * module.kernel_size[0] * module.kernel_size[1]
    if isinstance(module, nn.MultiheadAttention):
        tokens, width = shape[1], module.embed_dim
        return 4 * tokens * width**2 + 2 * tokens**2 * width
    assert isinstance(module, nn.Linear)
    return out * module.in_features
