"""How large a network may become, counted before any memory is allocated.

A network is drafted on torch's `meta` device first, where tensors have shapes and no values, so that a description
from a stranger cannot ask for more memory than there is.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ferkit.errors import ConfigError
from ferkit.models.network import Network

__all__ = ["MAX_ACTIVATION", "MAX_PARAMETERS", "check_activations", "check_parameters", "draft"]

MAX_PARAMETERS = 500_000_000  # 2 GB in float32
MAX_ACTIVATION = 2**24  # numbers in the largest tensor that one face makes, 64 MB in float32; VGG16 at 512 pixels


def draft(make: Callable[[], Network]) -> Network:
    """The network that `make` builds, without memory: on the meta device, the random generator left as it was."""
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        return make()


def check_parameters(name: str, network: nn.Module) -> None:
    """Raises ConfigError for a network of more than `MAX_PARAMETERS` numbers, buffers included."""
    numbers = sum(values.numel() for values in (*network.parameters(), *network.buffers()))
    if numbers > MAX_PARAMETERS:
        raise ConfigError(
            f"{name} would have {numbers:,} parameters; at most {MAX_PARAMETERS:,} are built. Choose a smaller one."
        )


def check_activations(name: str, drafted: Network, channels: int, side: int) -> None:
    """Raises ConfigError for a draft that cannot read faces of `side` pixels, or makes a tensor of more than
    `MAX_ACTIVATION` numbers of one."""
    drafted.eval()
    try:
        with torch.inference_mode(), _LargestTensor() as largest:
            drafted(torch.empty(1, channels, side, side, device="meta"))
    except ConfigError:
        raise
    except (RuntimeError, ValueError, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:120]
        raise ConfigError(f"{name} cannot read faces of {side} pixels ({reason}). Choose another size.") from error
    if largest.numbers > MAX_ACTIVATION:
        raise ConfigError(
            f"{name} makes {largest.numbers:,} numbers in one layer of a single face of {side} pixels; "
            f"at most {MAX_ACTIVATION:,} are. Choose a smaller network or smaller faces."
        )


class _LargestTensor(TorchDispatchMode):
    """Remembers how many numbers the largest tensor has that any operation returns."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        sizes = [leaf.numel() for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        self.numbers = max([self.numbers, *sizes])
        return result
