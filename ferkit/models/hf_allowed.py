"""Which configurations of transformers are built: image networks described by numbers, flags and a few
words.

A configuration may come from a stranger's run folder, and transformers follows what some name: other packages
(`timm_wrapper`), backbones, files. Here no string is passed on that is not one of `WORDS`, so none can name a file, and
no number that would make a loop or a layer endless.
"""

from collections.abc import Mapping
from typing import Any

from ferkit.errors import ConfigError, shown

__all__ = ["TYPES", "check_values"]

TYPES = frozenset({
    "aimv2_vision_model", "beit", "bit", "chinese_clip_vision_model", "clip_vision_model", "convnext", "convnextv2",
    "cvt", "data2vec-vision", "deit", "dinov2", "dinov2_with_registers", "dinov3_convnext", "dinov3_vit", "donut-swin",
    "efficientnet", "focalnet", "glpn", "hiera", "ijepa", "internvl_vision", "levit", "mobilenet_v1", "mobilenet_v2",
    "mobilevit", "mobilevitv2", "pixio", "poolformer", "pvt_v2", "regnet", "resnet", "segformer", "siglip_vision_model",
    "swiftformer", "swin", "swinv2", "textnet", "vit", "vit_mae", "vit_msn",
})  # fmt: skip
WORDS = frozenset({
    "gelu", "gelu_10", "gelu_fast", "gelu_new", "gelu_pytorch_tanh", "hardswish", "leaky_relu", "mish", "quick_gelu",
    "relu", "relu6", "sigmoid", "silu", "swish", "tanh",  # activations
    "average", "avg", "axial", "basic", "bottleneck", "default", "dw_bn", "layer_norm", "lin", "max", "mean",
    "preactivation", "rms_norm", "same", "Subsample", "valid", "x", "y",  # kinds of layers
})  # fmt: skip
MAX_NUMBER = 65_536
MAX_LAYERS = 64
MAX_SIDE = 1024  # pixels
MAX_FACTOR = 16
MAX_ITEMS = 64  # of a list
MAX_NESTING = 3


def check_values(name: str, kind: Any, allowed: frozenset[str], values: Mapping[str, Any]) -> None:
    """Raises ConfigError for a type that is not in `TYPES`, a key that is not `allowed` (those of that type's own
    configuration), or a value that is not a bounded number, flag or word, or a short list of these."""
    if kind not in TYPES:
        listed = "resnet, convnext, vit, dinov2, swin and others"
        raise ConfigError(f"hf:{name} is of type {str(kind)[:60]!r}; the image networks that are built are {listed}.")
    if unknown := sorted(str(key)[:60] for key in values if key not in allowed):
        raise ConfigError(
            f"hf:{name} has no {', '.join(unknown[:5])} in its config; "
            f"it has {', '.join(sorted(allowed - {'model_type'}))}."
        )
    for key, value in values.items():
        if key != "model_type" and not _plain(key, value):
            raise ConfigError(
                f"hf:{name}'s {key} takes numbers, true or false, or the name of an activation or a kind of layer, "
                f"all of moderate size; got {shown(value)}."
            )


def _plain(key: str, value: Any, nesting: int = 0) -> bool:
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return value in WORDS
    if isinstance(value, int | float):
        return abs(value) <= _bound(key)  # not of infinity or nan
    if isinstance(value, Mapping) and key == "rope_parameters" and not nesting:
        value = list(value.values())
    if isinstance(value, list | tuple):
        return nesting < MAX_NESTING and len(value) <= MAX_ITEMS and all(_plain(key, v, nesting + 1) for v in value)
    return False


def _bound(key: str) -> int:
    if any(part in key for part in ("layers", "depths", "num_stages", "block_repeats")) or key == "depth":
        return MAX_LAYERS
    if any(part in key for part in ("coefficient", "multiplier", "ratio", "factor")):
        return MAX_FACTOR
    return MAX_SIDE if key in ("image_size", "patch_size") else MAX_NUMBER
