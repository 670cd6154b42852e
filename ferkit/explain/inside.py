"""Maps of several depths of a network, and the gradients of its classes with respect to them.

For a `replica` alone: it puts hooks on modules. A depth is a module's dotted name, or `LAST` for the last maps, which
in a transformer are no module's.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.explain.capture import ATTENTION
from ferkit.models import Network
from ferkit.models.ensemble import Ensemble
from ferkit.models.network import centre

__all__ = ["LAST", "Inside", "at_depth", "depths", "look_inside", "on_face"]

LAST = ""


@dataclass(frozen=True, eq=False)
class Inside:
    """One forward pass seen from inside, with its graph."""

    logits: Tensor  # (B, C)
    outputs: dict[str, Tensor]  # by depth, (B, K, h, w)

    def gradients(self, chosen: Tensor) -> dict[str, Tensor]:
        """Of sum(chosen * logits), chosen (B, C), with respect to every output; the graph is kept."""
        wanted = list(self.outputs.values())
        found = torch.autograd.grad(self.logits, wanted, chosen.to(self.logits), retain_graph=True, allow_unused=True)
        pairs = zip(self.outputs.items(), found, strict=True)
        return {name: torch.zeros_like(out) if grad is None else grad for (name, out), grad in pairs}


def look_inside(model: Network, x: Tensor, names: list[str]) -> Inside:
    """Run the replica `model` on x (B, C, H, W); the maps at the depths `names` are recorded and differentiable."""
    outputs: dict[str, Tensor] = {}

    def record(name: str, output: Tensor) -> Tensor:
        outputs[name] = output if output.requires_grad else output.detach().requires_grad_()
        return outputs[name].clone()  # what follows may work in place

    handles = [
        model.get_submodule(name).register_forward_hook(lambda module, inputs, output, name=name: record(name, output))
        for name in names
        if name != LAST
    ]
    try:
        with torch.enable_grad():
            maps = model.maps(x)
            maps = record(LAST, maps) if LAST in names else maps
            logits = model.classify(model.pool(maps))
    finally:
        for handle in handles:
            handle.remove()
    return Inside(logits, {name: outputs[name] for name in names})


def depths(model: Network, x: Tensor) -> list[list[str]]:
    """First the last maps, then step by step the last module of each larger size that is smaller than the face; of a
    transformer, which has none, the embedded patches. One name each, or of an ensemble one for each member."""
    if not isinstance(model, Ensemble):
        return [[LAST], *([name] for name in _finer(model, x[:1]))]
    each = []
    for i, (read, side) in enumerate(zip(model.inputs, model.sides, strict=True)):
        own = centre(x[:1], side) if read is None else read.normalise(x[:1])
        each.append([f"members.{i}.{name}" for name in _finer(model.members[i], own)])  # type: ignore[arg-type]
    steps = max(map(len, each)) if all(each) else 0
    return [[LAST], *([own[min(step, len(own) - 1)] for own in each] for step in range(steps))]


def at_depth(found: list[list[str]], finer: int) -> list[str]:
    """Of `depths`: the one that is `finer` steps before the last maps, or the finest there is."""
    return found[min(finer, len(found) - 1)]


def _finer(model: Network, x: Tensor) -> list[str]:
    """By growing size the last module that everything goes through, larger than the last maps, smaller than the
    face."""
    smaller = [(name, size) for name, size in _sizes(model, x) if size < x.shape[2]]
    wanted = sorted({size for _, size in smaller if size > smaller[-1][1]})
    found = [
        next((name for name, own in reversed(smaller) if own == size and _is_a_cut(model, x, name)), "")
        for size in wanted
    ]
    return [name for name in found if name] or [name for name, _ in smaller[:1] if _is_a_cut(model, x, name)]


def _is_a_cut(model: Network, x: Tensor, name: str) -> bool:
    """Whether the last maps see the face through this module alone, and not past it, over a skip."""
    handle = model.get_submodule(name).register_forward_hook(lambda module, inputs, output: output.detach())
    try:
        with torch.enable_grad():
            return not model.maps(x.detach().clone().requires_grad_()).requires_grad
    finally:
        handle.remove()


def on_face(model: Network, name: str, maps: Tensor, side: int) -> Tensor:
    """(B, K, h, w) at a depth -> their sum over K, enlarged to faces of `side` pixels (B, side, side), the total kept;
    an ensemble's member lies where it looks."""
    if not isinstance(model, Ensemble):
        return _grown(maps.sum(1), side)
    if name != LAST:
        return _framed(model, int(name.split(".")[1]), maps.sum(1), side)
    parts = model._apart(maps)
    return torch.stack([_framed(model, i, part.sum(1), side) for i, part in enumerate(parts)]).sum(0)


def _grown(flat: Tensor, side: int) -> Tensor:
    """(B, h, w) -> (B, side, side), about the same total."""
    grown = F.interpolate(flat[:, None], (side, side), mode="bilinear", align_corners=False)[:, 0]
    return grown * (flat.shape[1] * flat.shape[2] / side**2)


def _framed(model: Ensemble, member: int, flat: Tensor, side: int) -> Tensor:
    """The maps (B, h, w) of a member on the whole face."""
    read, reads = model.inputs[member], model.sides[member]
    size = side if read is None else read.size
    inner = min(reads if read is None else read.side, size)
    edge = (size - inner) // 2
    framed = F.pad(_grown(flat, inner), (edge, size - inner - edge, edge, size - inner - edge))
    return framed if size == side else _grown(framed, side)


def _sizes(model: Network, x: Tensor) -> list[tuple[str, int]]:
    """(name, pixels a side) of every module that gives square maps, in the order in which they are done."""
    seen: list[tuple[str, int]] = []

    def note(name: str, output: object) -> None:
        if isinstance(output, Tensor) and output.ndim == 4 and 1 < output.shape[2] == output.shape[3]:
            seen.append((name, output.shape[2]))

    apart = [f"{name}." for name, module in model.named_modules() if _attends(module)]
    handles = [
        module.register_forward_hook(lambda module, inputs, output, name=name: note(name, output))
        for name, module in model.named_modules()
        if name and not isinstance(module, nn.Identity | nn.Dropout) and not any(map(name.startswith, apart))
    ]
    try:
        with torch.no_grad():
            model.maps(x)
    finally:
        for handle in handles:
            handle.remove()
    return seen


def _attends(module: nn.Module) -> bool:
    kind = type(module).__name__
    return kind in ATTENTION or kind.lower().endswith("attention")
