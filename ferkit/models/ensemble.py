"""Several networks that decide together, as one network: by the weighted mean of their logits or of their
probabilities.

Hansen & Salamon 1990, Neural Network Ensembles, doi:10.1109/34.58871.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import torch
from pydantic import BaseModel, Field
from torch import Tensor, nn
from torch.nn import functional as F

from ferkit.errors import ConfigError
from ferkit.models.arguments import STRICT, Temperature
from ferkit.models.network import Network, centre

__all__ = ["MODES", "Ensemble", "Member"]

MODES = ("probabilities", "logits")


class Member(BaseModel):
    """A network of an ensemble, as run.json describes it."""

    model_config = STRICT

    name: Annotated[str, Field(max_length=200)]
    args: dict[str, Any]
    side: Annotated[int, Field(ge=1, le=1024)]  # pixels of the centre that it reads
    temperature: Temperature  # what its logits are divided by


class Ensemble(Network):
    """Its maps are the members' maps side by side, each in a corner of a frame as large as the largest; features are
    the members' in a row.

    Raises ConfigError for no member, another mode, or weights that do not fit.
    """

    def __init__(
        self,
        members: Sequence[Network],
        sides: Sequence[int],  # pixels of the centre that each member reads
        temperatures: Sequence[float],  # what its logits are divided by
        weights: Sequence[float],  # of each member, summing to one
        mode: str = "probabilities",
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

    def maps(self, x: Tensor) -> Tensor:
        parts = [member.maps(centre(x, side)) for member, side in zip(self.members, self.sides, strict=True)]  # type: ignore[operator]
        self.shapes = [tuple(maps.shape[1:]) for maps in parts]
        height, width = (max(shape[i] for shape in self.shapes) for i in (1, 2))
        return torch.cat(
            [F.pad(maps.float(), (0, width - maps.shape[3], 0, height - maps.shape[2])) for maps in parts], 1
        )

    def pool(self, maps: Tensor) -> Tensor:
        return torch.cat([member.pool(part) for member, part in zip(self.members, self._apart(maps), strict=True)], 1)  # type: ignore[operator]

    def classify(self, features: Tensor) -> Tensor:
        parts = zip(self.members, features.split(self.widths, 1), self.temperatures, strict=True)
        logits = torch.stack([member.classify(part) / temperature for member, part, temperature in parts])  # type: ignore[operator]
        weights = logits.new_tensor(self.weights).view(-1, 1, 1)
        if self.mode == "logits":
            return (weights * logits).sum(0)
        return (logits.log_softmax(2) + weights.log()).logsumexp(0)

    def evidence(self, maps: Tensor, gradient: Tensor) -> Tensor:
        size, evidence = maps.shape[2:], []
        for part, slope in zip(self._apart(maps), self._apart(gradient), strict=True):
            coarse = super().evidence(part, slope)[:, None]
            evidence.append(F.interpolate(coarse, size, mode="bilinear", align_corners=False)[:, 0])
        return torch.stack(evidence).sum(0)

    def _apart(self, maps: Tensor) -> list[Tensor]:
        """The maps of each member, taken apart again."""
        parts = maps.split([shape[0] for shape in self.shapes], 1)
        return [part[:, :, : shape[1], : shape[2]] for part, shape in zip(parts, self.shapes, strict=True)]
