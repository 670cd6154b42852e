"""The bodies of transformers' image networks: how they are built, their feature maps, and their weights as stored in a
folder."""

import inspect
from collections.abc import Mapping
from itertools import chain
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ferkit.errors import ConfigError
from ferkit.models import hub
from ferkit.models.hf_config import library, read, refused, settled
from ferkit.models.pretrained import absent, placed

__all__ = ["LATE", "build", "made_for", "maps", "stored", "width"]

BEFORE = (
    "cls_token",
    "distillation_token",
    "register_tokens",
)  # embeddings of the tokens that precede those of the patches
LATE = {  # type -> the norm that follows the mean
    "beit": "pooler.layernorm",
    "clip_vision_model": "post_layernorm",
    "convnext": "layernorm",
    "convnextv2": "layernorm",
    "hiera": "pooler.layernorm",
}


def build(name: str, changes: Mapping[str, Any], channels: int) -> Any:
    """The untrained body. Raises ConfigError where it cannot be built."""
    config = settled(name, changes, channels)
    try:
        body = library().AutoModel.from_config(config, dtype=torch.float32, trust_remote_code=False)
    except Exception as error:  # the package's errors have no common base class
        raise refused(name, changes, error) from error
    pooler = getattr(body, "pooler", None)
    if pooler is not None and config.model_type not in LATE and any(True for _ in pooler.parameters()):
        body.pooler = None  # it reads the class token
    _stay(body)
    return body


def _stay(body: nn.Module) -> None:
    """Turn what is never learned into buffers: fixed positions, which would be unfrozen, and the token of a mask, which
    no face has."""
    for module in body.modules():
        for key, value in list(module.named_parameters(recurse=False)):
            if not value.requires_grad or key == "mask_token":
                delattr(module, key)
                module.register_buffer(key, value.detach())


def made_for(body: Any) -> int:
    """Pixels per side of the images its positions are made for; 0 where any will do."""
    size = getattr(body.config, "image_size", None) or 0
    return size if isinstance(size, int) else min(size)


def width(name: str, body: Any) -> int:
    """The number of maps, found from shapes alone. Raises ConfigError for a network that makes none of an
    image."""
    side = made_for(body) or 224
    state = {key: value.to("meta") for key, value in chain(body.named_parameters(), body.named_buffers())}
    mode = body.training
    try:
        x = torch.empty(1, getattr(body.config, "num_channels", 3), side, side, device="meta")
        return int(
            functional_call(_Maps(name, body.eval()), {f"body.{key}": value for key, value in state.items()}, x).shape[
                1
            ]
        )
    except ConfigError:
        raise
    except Exception as error:  # anything, as it is another kind of network
        raise ConfigError(
            f"hf:{name} makes no maps of an image ({' '.join(str(error).split())[:120]}). Choose another network."
        ) from error
    finally:
        body.train(mode)


class _Maps(nn.Module):
    """`maps` of a body, as a module."""

    def __init__(self, name: str, body: nn.Module) -> None:
        super().__init__()
        self.name, self.body = name, body

    def forward(self, x: Tensor) -> Tensor:
        return maps(self.name, self.body, x)


def maps(name: str, body: Any, x: Tensor) -> Tensor:
    """(B, C, H, W) -> (B, K, h, w): convolutional maps as they are, tokens in their places, those of no patch left out.

    Raises ConfigError for faces that the patches do not cover, or tokens without a place.
    """
    patch, height = getattr(body.config, "patch_size", 0), x.shape[2]
    options: dict[str, Any] = {}
    if (
        "interpolate_pos_encoding" in inspect.signature(body.forward).parameters
    ):  # others fit their positions by themselves, or have none
        options["interpolate_pos_encoding"] = True
    if body.config.model_type == "vit_mae":  # which sorts its patches by noise
        options["noise"] = torch.arange((height // patch) ** 2, device=x.device).expand(len(x), -1)
    hidden = body(pixel_values=x, **options).last_hidden_state
    if hidden.ndim == 4:
        return hidden  # type: ignore[no-any-return]
    tokens = hidden[:, _before(body) :]
    if (
        isinstance(patch, int)
        and patch
        and height % patch
        and tokens.shape[1] == (height // patch) ** 2
        and height != made_for(body)
    ):
        near = -(-height // patch) * patch
        raise ConfigError(
            f"hf:{name} reads patches of {patch} pixels, which do not cover faces of {height}: --set size={near}"
        )
    return placed(tokens, f"hf:{name}")


def _before(body: Any) -> int:
    """How many tokens precede the patches'."""
    embeddings = getattr(body, "embeddings", None)
    tokens = [getattr(embeddings, key, None) for key in BEFORE]
    return sum(token.shape[1] for token in tokens if token is not None) + hasattr(embeddings, "class_embedding")


def stored(name: str) -> tuple[dict[str, Tensor], set[str]]:
    """The weights of the folder or the hub's model, float32, and the keys that it has none for.

    Raises ConfigError where they are not here and cannot be downloaded, or are not safetensors.
    """
    try:
        path = hub.folder(name, weights=True)
    except OSError as error:
        raise absent(f"The pretrained weights of {name} are", error) from error
    if not any(path.glob("*.safetensors")):
        raise ConfigError(
            f"{name} holds no model.safetensors, and pickled weights are not read. Save it again with save_pretrained."
        )
    try:
        donor, loading = library().AutoModel.from_pretrained(
            path, config=read(path), dtype=torch.float32, use_safetensors=True, trust_remote_code=False,
            local_files_only=True, output_loading_info=True,
        )  # fmt: skip
    except Exception as error:  # the package's errors have no common base class
        raise ConfigError(f"The weights of {name} cannot be read: {' '.join(str(error).split())[:160]}") from error
    return donor.state_dict(), set(loading["missing_keys"])
