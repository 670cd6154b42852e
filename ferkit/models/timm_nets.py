"""Any network of timm, by its name there: `timm:resnet10t`. Needs the package (Wightman 2019, PyTorch Image Models)."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from ferkit.errors import ConfigError
from ferkit.models.network import Network
from ferkit.models.pretrained import absent, placed

__all__ = ["PREFIX", "TimmNetwork"]

PREFIX = "timm:"


class TimmNetwork(Network):
    """timm's network without its pooling and its head; tokens stand in their places, prefix tokens are left out.

    `options` go to timm as they are: {"dynamic_img_size": true} lets its transformers read faces of any size. Raises
    ConfigError without the package, for a name it does not know, or features that have no place.
    """

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        name: str = "",
        options: Mapping[str, Any] | None = None,
        dropout: float = 0.2,
    ) -> None:
        self.told = (name, channels, dict(options or {}))
        body = self._built(pretrained=False)
        super().__init__(body.num_features, classes, dropout)
        self.body = body

    def _built(self, pretrained: bool) -> Any:
        try:
            import timm
        except ImportError as error:
            raise ConfigError("timm's networks need timm, which is not installed: pip install timm") from error
        name, channels, options = self.told
        try:
            return timm.create_model(
                name, pretrained=pretrained, num_classes=0, global_pool="", in_chans=channels, **options
            )
        except OSError as error:
            raise absent(f"The pretrained weights of {name} are", error) from error
        except (RuntimeError, TypeError, ValueError) as error:
            raise ConfigError(
                f"timm cannot build {name!r} with {options}: {' '.join(str(error).split())[:160]}"
            ) from error

    def load_pretrained(self) -> None:
        """timm's weights into the body; of three-channel kernels gray faces get the sum."""
        self.body.load_state_dict(self._built(pretrained=True).state_dict())

    def maps(self, x: Tensor) -> Tensor:
        found = self.body.forward_features(x)
        if found.ndim == 4:
            return found.permute(0, 3, 1, 2) if getattr(self.body, "output_fmt", "NCHW") == "NHWC" else found  # type: ignore[no-any-return]
        return placed(found[:, getattr(self.body, "num_prefix_tokens", 0) :], self.told[0])
