"""Several networks that decide together, as one network: by the weighted mean of their logits or of their
probabilities. Each prepares the faces for itself, so that a gray network of 48 pixels and one of 64 in colour can join.

Hansen & Salamon 1990, Neural Network Ensembles, doi:10.1109/34.58871.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import torch
from pydantic import BaseModel, Field, ValidationError
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.errors import ConfigError
from ferkit.metrics import Temperature
from ferkit.models.arguments import STRICT, Positive, Slope
from ferkit.models.input import Input
from ferkit.models.network import Network, centre
from ferkit.models.temperature import tempered
from ferkit.runs import InputSpec

__all__ = ["MODES", "Ensemble", "Member"]

MODES = ("probabilities", "logits")


class Member(BaseModel):
    """A network of an ensemble, as run.json describes it."""

    model_config = STRICT

    name: Annotated[str, Field(max_length=200)]
    args: dict[str, Any]
    input: dict[str, Any] | None = None  # as the manifest of its run; None in ensembles of one input, which have `side`
    side: Annotated[int, Field(ge=1, le=1024)] = 1  # pixels of the centre that it reads
    order: Sequence[int] = ()  # its index of each class, where it orders them differently
    temperature: Positive  # what its logits are divided by
    temperature_slope: Slope = 0.0

    def reads(self) -> Input | None:
        """Its own input. Raises ConfigError for one that is out of range."""
        if self.input is None:
            return None
        try:
            return Input.of(InputSpec(**self.input))
        except (ValidationError, TypeError) as error:
            raise ConfigError(
                f"The input of {self.name[:60]} is not one: {' '.join(str(error).split())[:160]}"
            ) from error


class Ensemble(Network):
    """Its maps are the members' maps side by side, each in a corner of a frame as large as the largest; features are
    the members' in a row.

    Raises ConfigError for no member, another mode, or weights that do not fit.
    """

    def __init__(
        self,
        members: Sequence[Network],
        sides: Sequence[int],  # pixels of the centre that each member reads
        temperatures: Sequence[Temperature],  # what its logits are divided by
        weights: Sequence[float],  # of each member, summing to one
        mode: str = "probabilities",
        inputs: Sequence[Input | None] = (),  # how each member prepares faces; None: once for all members
        orders: Sequence[Sequence[int]] = (),  # each member's index of every class; empty: as the ensemble has them
    ) -> None:
        if not members or len(weights) != len(members) or mode not in MODES:
            got = f"{len(members)} members, {len(weights)} weights and mode {mode!r}"
            raise ConfigError(
                f"An ensemble takes members, a weight for each and a mode of {' or '.join(MODES)}; got {got}."
            )
        nn.Module.__init__(self)
        self.members = nn.ModuleList(members)
        self.sides, self.temperatures = list(sides), list(temperatures)
        self.weights, self.mode = [float(w) for w in weights], mode
        self.widths = [member.head.in_features for member in members]
        self.inputs = list(inputs) or [None] * len(members)
        self.orders = [list(order) for order in orders] or [[]] * len(members)
        self.prepares = all(read is not None for read in self.inputs)

    def maps(self, x: Tensor) -> Tensor:
        members = zip(self.members, self.inputs, self.sides, strict=True)
        parts = [member.maps(centre(x, side) if read is None else read.normalise(x)) for member, read, side in members]  # type: ignore[operator]
        self.shapes = [tuple(maps.shape[1:]) for maps in parts]
        height, width = (max(shape[i] for shape in self.shapes) for i in (1, 2))
        return torch.cat(
            [F.pad(maps.float(), (0, width - maps.shape[3], 0, height - maps.shape[2])) for maps in parts], 1
        )

    def pool(self, maps: Tensor) -> Tensor:
        return torch.cat([member.pool(part) for member, part in zip(self.members, self._apart(maps), strict=True)], 1)  # type: ignore[operator]

    def classify(self, features: Tensor) -> Tensor:
        parts = zip(self.members, features.split(self.widths, 1), self.temperatures, self.orders, strict=True)
        logits = torch.stack([tempered(_ordered(member.classify(part), order), t) for member, part, t, order in parts])  # type: ignore[operator]
        weights = logits.new_tensor(self.weights).view(-1, 1, 1)
        if self.mode == "logits":
            return (weights * logits).sum(0)
        return (logits.log_softmax(2) + weights.log()).logsumexp(0)

    def evidence(self, maps: Tensor, gradient: Tensor) -> Tensor:
        size, evidence = maps.shape[2:], []
        for part, slope, read in zip(self._apart(maps), self._apart(gradient), self.inputs, strict=True):
            coarse = super().evidence(part, slope)
            framed = coarse if read is None else read.frame(coarse)
            evidence.append(F.interpolate(framed[:, None], size, mode="bilinear", align_corners=False)[:, 0])
        return torch.stack(evidence).sum(0)

    def _apart(self, maps: Tensor) -> list[Tensor]:
        """The maps of each member, taken apart again."""
        parts = maps.split([shape[0] for shape in self.shapes], 1)
        return [part[:, :, : shape[1], : shape[2]] for part, shape in zip(parts, self.shapes, strict=True)]


def _ordered(logits: Tensor, order: Sequence[int]) -> Tensor:
    """Logits (B, C) of a member, in the ensemble's order of classes."""
    return logits[:, list(order)] if order else logits
