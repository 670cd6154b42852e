"""A body that stands still at first and thaws from the top, for networks that bring weights along.

Howard & Ruder 2018, Universal Language Model Fine-tuning, arXiv:1801.06146, call the second part gradual unfreezing.
"""

from torch import nn

from ferkit.models import Network

__all__ = ["parts", "thaw"]


def parts(network: Network) -> list[nn.Module]:
    """The parts of a network below its head that learn, the first one first; a single container counts as what it contains."""
    found = [child for name, child in network.named_children() if name != "head"]
    while len(own := [part for part in found if any(True for _ in part.parameters())]) == 1 and list(own[0].children()):
        found = list(own[0].children())
    return own


def thaw(network: Network, epoch: int, frozen: int, every: int) -> None:
    """Freeze all but the head in the first `frozen` epochs (counted from 1), then free the parts again: all at once for `every=0`, else
    one more from the top every so many epochs. Frozen parts are in eval mode, so their batch norms keep their statistics."""
    own = parts(network)
    past = epoch - frozen - 1
    free = 0 if past < 0 else len(own) if every == 0 else min(len(own), 1 + past // every)
    for i, part in enumerate(own):
        learns = i >= len(own) - free
        part.requires_grad_(learns)
        if not learns:
            part.eval()
