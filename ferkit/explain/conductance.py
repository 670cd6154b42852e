"""Where inside the network each class's score arises on the way from the mean face to this one.

Conductance: Dhamdhere et al. 2018, How Important Is a Neuron?, arXiv:1805.12233, for all classes at once and for whole
maps, by the trapezoidal rule:

    E_c = sum_q 1/2 (g_c(x_q) + g_c(x_q+1)) (A(x_q+1) - A(x_q)),  x_q = r + q / S (x - r)

A(x) are the maps at a depth (K, h, w), g_c = dy_c / dA, r the reference face, S the number of steps. Summed over
channels and places, E_c is y_c(x) - y_c(r), whatever the depth; so the maps of several depths have one unit and are
averaged. Gradient times activation, without a reference, finds instead what the network sees in every face.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from ferkit.explain.inside import Inside, look_inside, on_face
from ferkit.explain.smoothing import smoothed
from ferkit.models import Network

__all__ = ["conductance"]


def conductance(
    model: Network, x: Tensor, reference: Tensor, levels: list[list[str]], steps: int = 4, blur: float = 2.0
) -> Tensor:
    """Evidence for all classes at the depths `levels` of the replica `model`, averaged over them: (B, C, H, H) for
    faces x (B, channels, H, H). `blur` is the standard deviation in pixels of what smooths it; 0 leaves it as it is."""
    names = list(dict.fromkeys(name for level in levels for name in level))
    weights = {name: sum(level.count(name) for level in levels) / len(levels) for name in names}
    total = x.new_zeros(1)
    before: _Point | None = None
    for q in range(steps + 1):
        inside = look_inside(model, reference + (x - reference) * (q / steps), names)
        now = _Point(inside.outputs, list(_gradients(inside)))
        if before is not None:
            total = total + _step(model, before, now, weights, x.shape[2])
        before = now
    return smoothed(total, blur)


class _Point(NamedTuple):
    """A point of the way: maps by depth, and each class's gradients by depth."""

    maps: dict[str, Tensor]
    gradients: list[dict[str, Tensor]]


def _gradients(inside: Inside) -> Iterator[dict[str, Tensor]]:
    """Of each class in turn."""
    for c in range(inside.logits.shape[1]):
        chosen = torch.zeros_like(inside.logits)
        chosen[:, c] = 1
        yield inside.gradients(chosen)


def _step(model: Network, before: _Point, now: _Point, weights: dict[str, float], side: int) -> Tensor:
    """(B, C, side, side): one step of the sum."""
    with torch.no_grad():
        change = {name: now.maps[name] - before.maps[name] for name in weights}
        return torch.stack(
            [
                _sum(
                    weight * on_face(model, name, (first[name] + second[name]) / 2 * change[name], side)
                    for name, weight in weights.items()
                )
                for first, second in zip(before.gradients, now.gradients, strict=True)
            ],
            1,
        )


def _sum(maps: Iterable[Tensor]) -> Tensor:
    return torch.stack(list(maps)).sum(0)
