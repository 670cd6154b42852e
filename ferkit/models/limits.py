"""How large a network may become, counted before any memory is allocated.

A network is drafted on torch's `meta` device first, where tensors have shapes and no values, so that a description
from a stranger cannot ask for more memory than there is.
"""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.func import functional_call
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from ferkit.errors import ConfigError, FerkitError
from ferkit.models.network import Network

__all__ = ["MAX_ACTIVATION", "MAX_PARAMETERS", "check_activations", "check_parameters", "draft"]

MAX_PARAMETERS = 500_000_000  # 2 GB in float32
MAX_ACTIVATION = 2**24  # numbers in the largest tensor that one face makes, 64 MB in float32; VGG16 at 512 pixels
PLAIN = ("torch.nn.", "ferkit.models.")  # the modules that the layers come from


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
    if _is_plain(drafted) and _reads_none(drafted, channels, side):
        return
    try:
        with torch.inference_mode(), _Bounded():
            drafted(torch.empty(1, channels, side, side, device="meta"))
    except _TooLargeError as error:
        raise ConfigError(
            f"{name} makes {error.numbers:,} numbers in one layer of a single face of {side} pixels; "
            f"at most {MAX_ACTIVATION:,} are. Choose a smaller network or smaller faces."
        ) from error
    except ConfigError:
        raise
    except (RuntimeError, ValueError, NotImplementedError) as error:
        reason = " ".join(str(error).split())[:120]
        raise ConfigError(f"{name} cannot read faces of {side} pixels ({reason}). Choose another size.") from error


def _is_plain(network: nn.Module) -> bool:
    """Whether it is made of nothing but torch's and ferkit's layers, each of which shows the tensors it makes: a batch
    of no faces goes through them, and through one operation of attention on the CPU go several unseen."""
    return all(
        type(layer).__module__.startswith(PLAIN) and not isinstance(layer, nn.MultiheadAttention)
        for layer in network.modules()
    )


def _reads_none(drafted: Network, channels: int, side: int) -> bool:
    """Whether a batch of no faces passes on the CPU, where it takes no memory, within the limit.

    The shapes are those of a single face on the meta device but for the batch, whose operations torch writes in Python
    and with an import of its compiler, a second of CPU. The weights are views of one number.
    """
    layers = (*drafted.named_parameters(), *drafted.named_buffers())
    weights = {key: torch.zeros((), dtype=values.dtype).expand(values.shape) for key, values in layers}
    try:
        with torch.inference_mode(), _Bounded():
            functional_call(drafted, weights, torch.empty(0, channels, side, side))
    except (_TooLargeError, FerkitError, RuntimeError, ValueError, NotImplementedError):
        return False  # the meta device says what is wrong
    return True


class _TooLargeError(Exception):
    def __init__(self, numbers: int) -> None:
        super().__init__(f"{numbers:,} numbers in one tensor")
        self.numbers = numbers


class _Bounded(TorchDispatchMode):
    """Ends a forward pass with _TooLargeError at the first operation that returns more than `MAX_ACTIVATION` numbers of
    one face."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # or torch would import its compiler to have this mode not compiled

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor) and (numbers := _of_one(leaf)) > MAX_ACTIVATION:
                raise _TooLargeError(numbers)
        return result


def _of_one(values: torch.Tensor) -> int:
    """How many numbers a tensor would have if the batch in it were of one face instead of none."""
    return math.prod(size or 1 for size in values.shape)
