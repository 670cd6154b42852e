"""What speaks for the class and not for the others, by three ways to find evidence; see `ferkit.explain.contrast`."""

from typing import Any

from torch import Tensor

from ferkit.explain.contrast import against_others, of_class
from ferkit.explain.evidence import by_conductance, by_hiding, by_last_maps
from ferkit.explain.method import Method, Parameter
from ferkit.explain.methods.integrated_gradients import BLUR
from ferkit.models import Network

__all__ = ["CONTRAST", "CONTRAST_HIDING", "CONTRAST_LAST"]


def all_last(model: Network, x: Tensor, reference: Tensor, **values: Any) -> Tensor:
    return against_others(by_last_maps(model, x, reference))


def last(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    return of_class(all_last(model, x, reference), target)


def all_fine(model: Network, x: Tensor, reference: Tensor, **values: Any) -> Tensor:
    return against_others(by_conductance(model, x, reference, **values))


def fine(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    return of_class(all_fine(model, x, reference, **values), target)


def all_hidden(model: Network, x: Tensor, reference: Tensor, **values: Any) -> Tensor:
    return against_others(by_hiding(model, x, reference, **values))


def hidden(model: Network, x: Tensor, target: Tensor, reference: Tensor, **values: Any) -> Tensor:
    return of_class(all_hidden(model, x, reference, **values), target)


CONTRAST_LAST = Method(
    "contrast-last",
    "Contrast, last maps",
    "arXiv:1512.04150",
    "The class's last map against the other classes' and the mean face's, in one pass.",
    last,
    signed=True,
    explain_all=all_last,
)
CONTRAST = Method(
    "contrast",
    "Contrast",
    "arXiv:1805.12233",
    "What raises the class above the others on the way from the mean face to this one, at all depths.",
    fine,
    (Parameter("steps", 4, 1, 100, "On the way; more are more exact and slower."), BLUR),
    signed=True,
    explain_all=all_fine,
)
CONTRAST_HIDING = Method(
    "contrast-hiding",
    "Contrast by hiding",
    "arXiv:1311.2901",
    "What the class loses, more than the others, where a square of the mean face hides the face.",
    hidden,
    (
        Parameter("share", 0.27, 0.02, 1.0, "Side of the square as a share of the face's."),
        Parameter("across", 8, 2, 48, "Squares in each direction."),
    ),
    signed=True,
    explain_all=all_hidden,
)
