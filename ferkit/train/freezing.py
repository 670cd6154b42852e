"""A body that stands still at first and thaws from the top, for networks that bring weights along.

Howard & Ruder 2018, Universal Language Model Fine-tuning, arXiv:1801.06146, call the second part gradual unfreezing.
"""

from torch import nn

from ferkit.models import Network

__all__ = ["parts", "thaw"]


def parts(network: Network) -> list[nn.Module]:
    """The parts of a network below its head that learn, the first one first.

    What merely holds parts counts as what it holds: a part that is the only one, and a row of blocks with more than
    half of the weights.
    """
    found = [child for name, child in network.named_children() if name != "head" and _weights(child)]
    while (row := next((i for i, part in enumerate(found) if _merely_holds(part, found)), None)) is not None:
        found[row : row + 1] = [child for child in found[row].children() if _weights(child)]
    return found


def _merely_holds(part: nn.Module, found: list[nn.Module]) -> bool:
    inner = [child for child in part.children() if _weights(child)]
    row = len(inner) == 1 or any(isinstance(child, nn.ModuleList) for child in inner)
    row = row or (type(part) in (nn.Sequential, nn.ModuleList) and len(inner) > 2)
    return bool(inner) and (len(found) == 1 or (row and 2 * _weights(part) > sum(_weights(one) for one in found)))


def _weights(part: nn.Module) -> int:
    return sum(p.numel() for p in part.parameters())


def thaw(network: Network, epoch: int, frozen: int, every: int) -> None:
    """Freeze all but the head in the first `frozen` epochs (counted from 1), then free the parts again: all at once for
    `every=0`, else one more from the top every so many epochs; what belongs to no part, such as a class token, with the
    last. Frozen parts are in eval mode, so their batch norms keep their statistics."""
    own = parts(network)
    past = epoch - frozen - 1
    free = 0 if past < 0 else len(own) if every == 0 else min(len(own), 1 + past // every)
    network.requires_grad_(free == len(own))
    network.head.requires_grad_(True)
    for i, part in enumerate(own):
        learns = i >= len(own) - free
        part.requires_grad_(learns)
        if not learns:
            part.eval()
