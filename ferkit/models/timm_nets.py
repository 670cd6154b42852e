"""Any network of timm, by its name there: `timm:resnet10t`. Needs the package (Wightman 2019, PyTorch Image Models).

A run folder may come from anyone, and timm's own arguments include paths and addresses of pickled checkpoints. So the
name is that of an architecture, never of a folder or a hub's model; the options are those of `TimmOptions`, each typed;
and timm must be of a version that reads pickles as weights only.
"""

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError
from torch import Tensor

from ferkit.errors import ConfigError, shown
from ferkit.models import packaged
from ferkit.models.arguments import STRICT, Blocks, Share, Stages, Stride, Width, first_problem
from ferkit.models.network import Network
from ferkit.models.pretrained import absent, placed

__all__ = ["PREFIX", "TimmNetwork", "TimmOptions"]

PREFIX = "timm:"
NAME = re.compile(r"[A-Za-z0-9_]{1,80}(\.[A-Za-z0-9_]{1,80})?")  # an architecture, and which of its weights
OLDEST = (1, 0, 31)  # the first that loads weights only

Side = Annotated[int, Field(ge=8, le=1024)]  # pixels
Ratio = Annotated[float, Field(gt=0, le=16, allow_inf_nan=False)]


class TimmOptions(BaseModel):
    """The arguments that are passed on to timm, all of them the shape of the network or its dropout."""

    model_config = STRICT

    img_size: Side | None = None
    dynamic_img_size: bool | None = None  # lets its transformers read faces of any size
    dynamic_img_pad: bool | None = None
    strict_img_size: bool | None = None
    patch_size: Annotated[int, Field(ge=1, le=64)] | None = None
    window_size: Annotated[int, Field(ge=1, le=64)] | None = None
    embed_dim: Width | Stages | None = None
    embed_dims: Stages | None = None
    dims: Stages | None = None
    channels: Stages | None = None
    depth: Annotated[int, Field(ge=1, le=64)] | Blocks | None = None
    depths: Blocks | None = None
    layers: Blocks | None = None
    num_heads: Annotated[int, Field(ge=1, le=64)] | Blocks | None = None
    num_features: Width | None = None
    mlp_ratio: Ratio | None = None
    mlp_ratios: Annotated[Sequence[Ratio], Field(min_length=1, max_length=16)] | None = None
    expand_ratio: Ratio | None = None
    qkv_bias: bool | None = None
    class_token: bool | None = None
    no_embed_class: bool | None = None
    reg_tokens: Annotated[int, Field(ge=0, le=64)] | None = None
    cardinality: Width | None = None
    base_width: Width | None = None
    stem_width: Width | None = None
    output_stride: Stride | None = None
    drop_rate: Share | None = None
    drop_path_rate: Share | None = None
    proj_drop_rate: Share | None = None
    attn_drop_rate: Share | None = None
    pos_drop_rate: Share | None = None
    patch_drop_rate: Share | None = None


class TimmNetwork(Network):
    """timm's network without its pooling and its head; tokens are arranged in their positions, prefix tokens are left
    out.

    `options` go to timm: {"dynamic_img_size": true} lets its transformers read faces of any size; `TimmOptions` has
    all. Raises ConfigError without the package, for a name it does not know, an option that is not passed on, or
    features that have no place.
    """

    def __init__(
        self,
        classes: int,
        channels: int = 1,
        name: str = "",
        options: dict[str, Any] | None = None,
        dropout: Share = 0.2,
    ) -> None:
        self.name, self.channels, self.options = _checked_name(name), channels, _checked_options(name, options or {})
        body = self._built(pretrained=False)
        super().__init__(body.num_features, classes, dropout)
        self.body = body

    def _built(self, pretrained: bool) -> Any:
        try:
            import timm
        except ImportError as error:
            raise ConfigError("timm's networks need timm, which is not installed: pip install timm") from error
        _check_version()
        try:
            return timm.create_model(
                self.name,
                pretrained=pretrained,
                num_classes=0,
                global_pool="",
                in_chans=self.channels,
                **self.options,
            )
        except OSError as error:
            package = packaged.PACKAGES.get(self.name)
            instead = f"pip install {package}" if package else "train from scratch: --set pretrained=false"
            raise absent(f"The pretrained weights of {self.name} are", error, instead) from error
        except (RuntimeError, TypeError, ValueError, AssertionError) as error:
            reason = " ".join(str(error).split())[:160]
            raise ConfigError(f"timm cannot build {self.name!r} with {shown(self.options)}: {reason}") from error

    def load_pretrained(self) -> None:
        """Weights into the body, of an installed package where there is one (`packaged`), else timm's; of
        three-channel kernels gray faces get the sum."""
        if file := packaged.path(self.name):
            self.body.load_state_dict(packaged.named(file, self.body.state_dict()))
        else:
            self.body.load_state_dict(self._built(pretrained=True).state_dict())

    def maps(self, x: Tensor) -> Tensor:
        maps = self.body.forward_features(x)
        if maps.ndim == 4:
            return maps.permute(0, 3, 1, 2) if getattr(self.body, "output_fmt", "NCHW") == "NHWC" else maps  # type: ignore[no-any-return]
        return placed(maps[:, getattr(self.body, "num_prefix_tokens", 0) :], self.name)


def _checked_name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ConfigError(
            f"timm's networks are named like timm:resnet10t, without a folder or a hub; got {shown(name)}."
        )
    return name


def _checked_options(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ConfigError for an option that is not in `TimmOptions`, or is of another type or out of range."""
    if unknown := sorted(str(key)[:60] for key in options if key not in TimmOptions.model_fields):
        raise ConfigError(
            f"timm:{name} takes no option {', '.join(unknown[:5])}; what is passed on to timm is "
            f"{', '.join(TimmOptions.model_fields)}."
        )
    try:
        return TimmOptions.model_validate(dict(options)).model_dump(exclude_unset=True)
    except ValidationError as error:
        raise ConfigError(f"timm cannot build {name!r}: options.{first_problem(error)}.") from error


def _check_version() -> None:
    installed = version("timm")
    if tuple(int(part) for part in re.findall(r"\d+", installed)[:3]) < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise ConfigError(f"timm {installed} may run code from a weights file: pip install 'timm>={oldest}'")
