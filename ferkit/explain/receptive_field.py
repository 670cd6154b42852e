"""Which pixels a unit of a layer can see, found exactly by following one face through the network's operations.

A unit at place i of a map sees, in each direction, the pixels start + i step … end + i step. A convolution with kernel
k, stride s, padding p and dilation d changes these (Araujo et al. 2019, Computing Receptive Fields of Convolutional
Neural Networks, doi:10.23915/distill.00021):

    end' = end + (k - 1) d step - p step,  start' = start - p step,  step' = s step

Where two ways meet, as after a skip, the field is what either sees. Channel attention sees all of the face, and is left
out: it scales whole maps and has no place.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

__all__ = ["Field", "receptive_fields"]


@dataclass(frozen=True)
class Field:
    """What the units of a map see of the network's input, which is square, in one direction."""

    start: int  # first pixel seen by the unit at place 0; below 0 where it sees the padding
    end: int  # one past the last
    step: int  # pixels by which the next unit's field is moved

    @property
    def size(self) -> int:
        return self.end - self.start

    def at(self, place: int, side: int) -> slice:
        """The pixels of a face of `side` pixels that the unit at a place sees."""
        return slice(max(0, self.start + place * self.step), min(side, self.end + place * self.step))


Fields = tuple[Field, Field] | None  # of rows and columns; None for all of the face


def receptive_fields(model: nn.Module, x: Tensor) -> dict[str, Fields]:
    """By name of every module that gives maps (B, K, h, w) for x (B, C, H, W): the fields of its rows and columns;
    None where a unit may see all of the face, as behind attention or a resize. `model` must be the caller's own."""
    found: dict[str, Fields] = {}
    follow = _Follow(x)

    def note(name: str, output: Any) -> None:
        if isinstance(output, Tensor) and output.ndim == 4:
            found[name] = follow.of(output)

    handles = [
        module.register_forward_hook(lambda module, inputs, output, name=name: note(name, output))
        for name, module in model.named_modules()
        if name
    ]
    try:
        with torch.no_grad(), follow:
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return found


class _Follow(TorchDispatchMode):
    """Notes the field of every tensor that comes of `x`."""

    def __init__(self, x: Tensor) -> None:
        super().__init__()
        self.known: dict[int, Fields] = {id(x): (Field(0, 1, 1), Field(0, 1, 1))}
        self.kept: list[Any] = [x]  # so that no other tensor takes an id

    def of(self, tensor: Tensor) -> Fields:
        return self.known.get(id(tensor))

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        first = out[0] if isinstance(out, tuple | list) and out else out
        if isinstance(first, Tensor) and id(first) not in self.known:
            inputs = [value for value in _tensors(args) if id(value) in self.known]
            if inputs:
                self.kept.append(out)
                self.known[id(first)] = self._field(func.overloadpacket.__name__, args, inputs, first)
        return out

    def _field(self, name: str, args: Any, inputs: list[Tensor], out: Tensor) -> Fields:
        before = self.of(inputs[0])
        if name in WINDOWS and before is not None:
            kernel, stride, padding, dilation = WINDOWS[name](args)
            return _both(before, lambda field, i: _windowed(field, kernel[i], stride[i], padding[i], dilation[i]))
        if name in PADS and before is not None:
            left, _, top, _ = (*args[1], 0, 0, 0, 0)[:4]
            return _both(before, lambda field, i: _moved(field, (top, left)[i]))
        return self._met(inputs, out)

    def _met(self, inputs: list[Tensor], out: Tensor) -> Fields:
        """Of an operation without a window: what any of its maps sees."""
        if out.ndim != 4:
            return None
        maps = [one for one in inputs if one.ndim != 4 or one.shape[2:] != (1, 1) or out.shape[2:] == (1, 1)]
        parts = [self.of(one) if one.ndim == 4 and one.shape[2:] == out.shape[2:] else None for one in maps]
        return _union(parts)


def _windowed(field: Field, kernel: int, stride: int, padding: int, dilation: int) -> Field:
    start = field.start - padding * field.step
    return Field(start, start + field.size + (kernel - 1) * dilation * field.step, stride * field.step)


def _moved(field: Field, by: int) -> Field:
    return Field(field.start - by * field.step, field.end - by * field.step, field.step)


def _both(fields: tuple[Field, Field], change: Any) -> Fields:
    return change(fields[0], 0), change(fields[1], 1)


def _union(parts: list[Fields]) -> Fields:
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    rows, columns = (_joined([part[i] for part in known]) for i in (0, 1))
    return None if rows is None or columns is None else (rows, columns)


def _joined(fields: list[Field]) -> Field | None:
    if len({field.step for field in fields}) > 1:
        return None
    return Field(min(field.start for field in fields), max(field.end for field in fields), fields[0].step)


def _tensors(values: Iterable[Any]) -> list[Tensor]:
    found: list[Tensor] = []
    for value in values:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += _tensors(value)
    return found


def _two(value: Any) -> tuple[int, int]:
    values = [value, value] if isinstance(value, int) else [*value]
    return (values[0], values[-1])


def _convolution(args: Any) -> tuple[tuple[int, int], ...]:
    return (_two(args[1].shape[2:]), _two(args[3]), _two(args[4]), _two(args[5]))


def _pool(args: Any) -> tuple[tuple[int, int], ...]:
    kernel = _two(args[1])
    stride = _two(args[2]) if len(args) > 2 and args[2] else kernel
    padding = _two(args[3]) if len(args) > 3 else (0, 0)
    maximum = len(args) > 4 and not isinstance(args[4], bool)  # a mean's next argument is whether to round up
    return (kernel, stride, padding, _two(args[4]) if maximum else (1, 1))


WINDOWS = {"convolution": _convolution, "max_pool2d_with_indices": _pool, "avg_pool2d": _pool}
PADS = ("constant_pad_nd", "replication_pad2d", "reflection_pad2d")
