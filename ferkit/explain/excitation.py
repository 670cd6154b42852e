"""How strongly faces excite the channels of a layer, and where in the face each of them is excited most.

A channel's output is taken behind the batch norm that follows its convolution, whose scale may turn a large output into
a small one; before the activation.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from ferkit.explain.capture import capture
from ferkit.explain.replica import replica
from ferkit.models import Network

__all__ = ["Excitation", "excitation", "normed"]


@dataclass(frozen=True, eq=False)
class Excitation:
    """What N faces do to the K channels of a layer whose maps have h × w places."""

    peak: np.ndarray  # float32 (N, K): the largest output of each channel for each face
    rows: np.ndarray  # int16 (N, K): where that is
    columns: np.ndarray  # int16 (N, K)
    spread: np.ndarray  # float32 (K,): standard deviation over faces and places

    def strongest(self, channel: int, n: int) -> np.ndarray:
        """int (min(n, N),): the faces that excite a channel most, strongest first."""
        return np.argsort(-self.peak[:, channel], kind="stable")[:n]

    def silent(self, share: float = 0.01) -> int:
        """How many channels vary by less than that share of the one that varies most."""
        return int((self.spread < share * self.spread.max(initial=0)).sum())


def excitation(model: Network, batches: Iterable[Tensor], layer: str) -> Excitation:
    """Of the channels of a convolution, for at least one batch of prepared faces (B, C, H, W). `model` stays as it is.

    Raises ConfigError for an unknown layer.
    """
    own, name = replica(model), ""
    parts: list[tuple[np.ndarray, ...]] = []
    count, total, squares = 0, torch.zeros(0), torch.zeros(0)
    for x in batches:
        name = name or normed(own, layer, x[:1])
        with torch.inference_mode(), capture(own, name) as captured:
            own(x)
        maps = captured.output.float()  # (B, K, h, w)
        peak, place = maps.flatten(2).max(2)
        rows, columns = place // maps.shape[3], place % maps.shape[3]
        parts.append((peak.numpy(), rows.numpy().astype(np.int16), columns.numpy().astype(np.int16)))
        count += maps[:, 0].numel()
        total = maps.sum((0, 2, 3), dtype=torch.float64) + (total if len(parts) > 1 else 0)
        squares = maps.double().square().sum((0, 2, 3)) + (squares if len(parts) > 1 else 0)
    spread = (squares / count - (total / count) ** 2).clamp(min=0).sqrt()
    peaks, *places = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Excitation(peaks, places[0], places[1], spread.float().numpy())


def normed(model: Network, layer: str, x: Tensor) -> str:
    """The name of the batch norm that reads what a convolution gives, or the convolution's own where there is none.
    `model` must be the caller's own."""
    given: list[Tensor] = []
    found: list[str] = []
    handles = [
        module.register_forward_pre_hook(
            lambda module, inputs, name=name: found.append(name) if any(inputs[0] is one for one in given) else None
        )
        for name, module in model.named_modules()
        if isinstance(module, nn.BatchNorm2d)
    ]
    with torch.inference_mode(), capture(model, layer) as captured:
        handle = model.get_submodule(layer).register_forward_hook(lambda m, i, output: given.append(output))
        try:
            model(x)
            del captured
        finally:
            for one in (*handles, handle):
                one.remove()
    return found[0] if found else layer
