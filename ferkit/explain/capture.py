"""Record the output of one layer of a network, and leave the network as it was before.

    with capture(model, "body.3") as captured:
        logits = model(x)
    captured.output  # (B, K, h, w)

Threads that share a model record their own passes only; still, let one at a time hook into it (`Classifier.lock`).
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ferkit.errors import ConfigError

__all__ = ["Captured", "capture", "evaluating", "layers"]

# The channel attention of ferkit and of torchvision, which takes half a second to import.
ATTENTION = ("SqueezeExcite", "SqueezeExcitation")


@dataclass(eq=False)
class Captured:
    """The output of a layer in its last forward pass; a leaf of the graph where gradients are on."""

    layer: str
    value: Tensor | None = None

    @property
    def output(self) -> Tensor:
        """(B, K, h, w). Raises ConfigError when the layer had no part in a forward pass."""
        if self.value is None:
            raise ConfigError(f"Layer {self.layer!r} was not reached by the forward pass. Choose another layer.")
        return self.value


def layers(model: nn.Module) -> list[str]:
    """The convolutions whose maps have a place in the image, first to last; those of channel attention, whose maps are
    one pixel, are left out."""
    attention = [f"{name}." for name, module in model.named_modules() if type(module).__name__ in ATTENTION]
    return [
        name
        for name, m in model.named_modules()
        if isinstance(m, nn.Conv2d) and not any(name.startswith(a) for a in attention)
    ]


@contextlib.contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Eval mode inside the block; afterwards every part is in the mode it was in."""
    training = [module for module in model.modules() if module.training]
    for module in training:
        module.training = False
    try:
        yield
    finally:
        for module in training:
            module.training = True


@contextlib.contextmanager
def capture(model: nn.Module, layer: str) -> Iterator[Captured]:
    """Record the output of `layer` in the forward passes of the block. Hook and modes are put back, after an exception
    too.

    No parameter's gradient is touched: the output becomes a leaf, so a gradient stops there. Only passes of the calling
    thread are recorded. Raises ConfigError for an unknown layer.
    """
    captured, owner = Captured(layer), threading.get_ident()

    def hook(module: nn.Module, inputs: tuple, output: Tensor) -> Tensor | None:
        if threading.get_ident() != owner:
            return None
        captured.value = output.detach().requires_grad_() if torch.is_grad_enabled() else output
        return captured.value.clone()  # what follows may work in place

    with evaluating(model):
        handle = _find(model, layer).register_forward_hook(hook)
        try:
            yield captured
        finally:
            handle.remove()


def _find(model: nn.Module, layer: str) -> nn.Module:
    module = dict(model.named_modules()).get(layer) if layer else None
    if module is None:
        raise ConfigError(
            f"No layer {layer!r} in {type(model).__name__}; its convolutions: {', '.join(layers(model))}."
        )
    return module
