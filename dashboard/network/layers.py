"""Readable names for the convolutions of a network."""

from collections import Counter
from collections.abc import Mapping, Sequence

__all__ = ["labels", "option", "readable"]


def labels(layers: Sequence[str]) -> dict[str, str]:
    """layer -> what it is called on a page, for all convolutions of a network in its order.

    Names made of numbers alone say nothing ("body.4.body.1.0"): they become "block 4, conv 2 (body.4.body.1.0)", or
    "conv 3 (body.6)" where no block holds two convolutions. Names with words in them ("layer1.0.conv1") stay.
    """
    blocks = {layer: ".".join(layer.split(".")[:2]) for layer in layers}
    sizes = Counter(blocks.values())
    deep = [block for block in sizes if sizes[block] > 1]
    order = [block for block in sizes if block in deep or not deep]
    seen: Counter[str] = Counter()
    named = {}
    for position, layer in enumerate(layers, 1):
        block = blocks[layer]
        seen[block] += 1
        if not _anonymous(layer):
            named[layer] = layer
        elif not deep:
            named[layer] = f"conv {position} ({layer})"
        elif block in deep:
            named[layer] = f"block {order.index(block) + 1}, conv {seen[block]} ({layer})"
        else:
            named[layer] = f"{'stem' if position == 1 else f'conv {position}'} ({layer})"
    return named


def readable(layers: Sequence[str], convolutions: Sequence[str]) -> dict[str, str]:
    """layer -> what it is called, for any layers of a network whose larger `convolutions` are named by `labels`: what
    lies in a block is named after it ("block 2, attend.squeeze (body.2.attend.squeeze)")."""
    named = labels(convolutions)
    blocks = {layer.rsplit(".body.", 1)[0]: text.split(",")[0] for layer, text in named.items() if "block " in text}
    found = {}
    for layer in layers:
        block = next((block for block in blocks if layer.startswith(f"{block}.")), "")
        inside = f"{blocks[block]}, {layer[len(block) + 1 :]} ({layer})" if block else layer
        found[layer] = named.get(layer, inside)
    return found


def option(layer: str, named: Mapping[str, str]) -> str:
    """A layer in a list of all: "9 of 9: block 4, conv 2 (body.4.body.1.0)"."""
    return f"{1 + list(named).index(layer)} of {len(named)}: {named[layer]}"


def _anonymous(layer: str) -> bool:
    return all(part.isdigit() or part == "body" for part in layer.split("."))
