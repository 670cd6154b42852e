"""A body that is frozen at first and unfrozen from the top, for networks that bring weights along.

Howard & Ruder 2018, Universal Language Model Fine-tuning, arXiv:1801.06146, call the second part gradual unfreezing.
"""

from torch import nn

from ferkit.models import Network

__all__ = ["parts", "unfreeze"]


def parts(network: Network) -> list[nn.Module]:
    """The parts of a network below its head that learn, the first one first.

    What merely holds parts counts as what it holds: a part that is the only one, and a row of blocks with more than
    half of the weights.
    """
    candidates = [child for name, child in network.named_children() if name != "head" and _weights(child)]
    while (row := next((i for i, part in enumerate(candidates) if _merely_holds(part, candidates)), None)) is not None:
        candidates[row : row + 1] = [child for child in candidates[row].children() if _weights(child)]
    return candidates


def _merely_holds(part: nn.Module, candidates: list[nn.Module]) -> bool:
    inner = [child for child in part.children() if _weights(child)]
    row = len(inner) == 1 or any(isinstance(child, nn.ModuleList) for child in inner)
    row = row or (type(part) in (nn.Sequential, nn.ModuleList) and len(inner) > 2)
    return bool(inner) and (
        len(candidates) == 1 or (row and 2 * _weights(part) > sum(_weights(other) for other in candidates))
    )


def _weights(part: nn.Module) -> int:
    return sum(p.numel() for p in part.parameters())


def unfreeze(network: Network, epoch: int, frozen: int, every: int) -> None:
    """Freeze all but the head in the first `frozen` epochs (counted from 1), then unfreeze the parts again: all at once
    for `every=0`, else one more from the top every so many epochs; what belongs to no part, such as a class token, with
    the last. Frozen parts are in eval mode, so their batch norms keep their statistics."""
    body = parts(network)
    past = epoch - frozen - 1
    free = 0 if past < 0 else len(body) if every == 0 else min(len(body), 1 + past // every)
    network.requires_grad_(free == len(body))
    network.head.requires_grad_(True)
    for i, part in enumerate(body):
        learns = i >= len(body) - free
        part.requires_grad_(learns)
        if not learns:
            part.eval()
