"""Image networks of Hugging Face's transformers: `hf:facebook/dinov2-small`, a folder of `save_pretrained`, or a type
such as `hf:vit`.

    $ python -m ferkit train --recipe quick --data fer2013 --set model=hf:FOLDER --set pretrained=true \\
        --set freeze_epochs=30 --set size=224

Needs the package (Wolf et al. 2020, Transformers, arXiv:1910.03771).
"""

import functools
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from ferkit.errors import ConfigError
from ferkit.models import hf_bodies
from ferkit.models.arguments import Share
from ferkit.models.hf_config import typed, written
from ferkit.models.network import Network
from ferkit.models.pretrained import for_channels

__all__ = ["PREFIX", "HuggingFaceNetwork"]

PREFIX = "hf:"


class HuggingFaceNetwork(Network):
    """The network without its head: tokens are arranged in their positions, those of no patch are left out; a norm
    behind the mean stays there.

    `config` replaces values of the architecture that `name` stands for, as in {"hidden_size": 96}. A run's description
    keeps the whole of it, so that the run is opened without a look at folder or hub. Raises ConfigError without the
    package, for what is missing or cannot be built, and for features that have no place.
    """

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        name: str = "",
        config: dict[str, Any] | None = None,
        dropout: Share = 0.2,
    ) -> None:
        body = hf_bodies.build(name, config or {}, channels)
        super().__init__(hf_bodies.width(name, body), classes, dropout)
        self.body, self.name = body, name

    @staticmethod
    def described(args: Mapping[str, Any]) -> bool:
        """Whether the arguments hold the complete architecture, so that nothing is looked up."""
        config = args.get("config")
        return isinstance(config, dict) and "model_type" in config

    @property
    def looked_up(self) -> dict[str, Any]:
        return {"config": written(self.body.config)}

    def load_pretrained(self) -> None:
        """The weights of the folder, or of the hub's model, into the body; of three-channel kernels gray faces get the
        sum.

        Raises ConfigError for weights that are not here and cannot be downloaded, are not safetensors, or do not fit.
        """
        if typed(self.name):
            raise ConfigError(
                f"{PREFIX}{self.name} is an architecture without weights. Train it from scratch: --set pretrained=false"
            )
        state, lacking = hf_bodies.stored(self.name)
        present = self.body.state_dict()
        if missing := sorted(key for key in present if key in lacking or key not in state):
            parts = f"{len(missing)} of {len(present)} parts, {missing[0]} among them"
            raise ConfigError(f"{self.name} has no weights for {parts}. Choose another network.")
        try:
            self.body.load_state_dict({key: _fitted(state[key], value) for key, value in present.items()})
        except RuntimeError as error:
            reason = str(error).splitlines()[-1].strip()
            raise ConfigError(
                f"The weights of {self.name} do not fit its config as it is changed: {reason[:160]}"
            ) from error

    def maps(self, x: Tensor) -> Tensor:
        made_for = hf_bodies.made_for(self.body)
        try:
            return hf_bodies.maps(self.name, self.body, x)
        except torch.OutOfMemoryError:
            raise
        except (RuntimeError, ValueError) as error:
            if made_for in (0, x.shape[2]):
                raise
            reason = (
                f"{PREFIX}{self.name} cannot read faces of {x.shape[2]} pixels ({' '.join(str(error).split())[:120]})"
            )
            raise ConfigError(f"{reason}. It is made for {made_for}: --set size={made_for}") from error

    def pool(self, maps: Tensor) -> Tensor:
        late = hf_bodies.LATE.get(self.body.config.model_type, "")
        norm = functools.reduce(getattr, late.split("."), self.body) if late else None
        return norm(super().pool(maps)) if norm is not None else super().pool(maps)


def _fitted(stored: Tensor, present: Tensor) -> Tensor:
    """Kernels of the first convolution for the channels it has here; all else as it is."""
    colour = stored.ndim == 4 and stored.shape[1] == 3 and present.ndim == 4 and present.shape[1] != 3
    return for_channels(stored, present.shape[1]) if colour else stored
