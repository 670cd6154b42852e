"""Evidence for all classes at once, by several ways, each signed and for a replica; what contrasts are made of.

evidence = EVIDENCE["conductance"](model, x, reference)  # (B, C, h, w)
against_others(evidence)
"""

from collections.abc import Callable

from torch import Tensor

from ferkit.explain.class_maps import class_maps
from ferkit.explain.conductance import conductance
from ferkit.explain.hiding import hiding
from ferkit.explain.inside import depths
from ferkit.models import Network

__all__ = ["EVIDENCE", "by_conductance", "by_hiding", "by_last_maps"]


def by_last_maps(model: Network, x: Tensor, reference: Tensor) -> Tensor:
    """Class maps, less those of the reference face: one pass, (B, C, h, w) as large as the last maps."""
    return class_maps(model, x).evidence - class_maps(model, reference).evidence


def by_conductance(model: Network, x: Tensor, reference: Tensor, steps: int = 4, blur: float = 2.0) -> Tensor:
    """Conductance at all depths, averaged: (B, C, H, H)."""
    return conductance(model, x, reference, depths(model, x), steps, blur)


def by_hiding(model: Network, x: Tensor, reference: Tensor, share: float = 0.27, across: int = 8) -> Tensor:
    """What each class loses where the reference face's patch hides the face: (B, C, across, across)."""
    return hiding(model, x, reference, share, across)


EVIDENCE: dict[str, Callable[..., Tensor]] = {
    "last maps": by_last_maps,
    "conductance": by_conductance,
    "hiding": by_hiding,
}
