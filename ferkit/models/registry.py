"""The networks by name."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ferkit.errors import ConfigError
from ferkit.models import hf_nets, timm_nets
from ferkit.models.base_cnn import BaseCNN
from ferkit.models.compact_mobilenetv2 import CompactMobileNetV2
from ferkit.models.compact_resnet import CompactResNet
from ferkit.models.ensemble import Ensemble
from ferkit.models.lenet import LeNet
from ferkit.models.network import Network
from ferkit.models.torchvision_nets import VGG16, EfficientNetB0, MobileNetV2, ResNet34
from ferkit.models.vit import ViT

__all__ = ["MODELS", "build"]

MODELS: dict[str, type[Network]] = {
    "base-cnn": BaseCNN,
    "compact-resnet": CompactResNet,
    "compact-mobilenetv2": CompactMobileNetV2,
    "lenet": LeNet,
    "vgg16": VGG16,
    "resnet34": ResNet34,
    "mobilenetv2": MobileNetV2,
    "efficientnet-b0": EfficientNetB0,
    "vit": ViT,
}
LIBRARIES: dict[str, type[Network]] = {
    timm_nets.PREFIX: timm_nets.TimmNetwork,
    hf_nets.PREFIX: hf_nets.HuggingFaceNetwork,
}


def _ensemble(
    classes: int,
    channels: int,
    members: Sequence[Mapping[str, Any]] = (),
    weights: Sequence[float] = (),
    mode: str = "probabilities",
) -> Ensemble:
    """Which is joined, not trained. A member is {"name", "args", "side", "temperature"}."""
    networks = [build(member["name"], classes, channels, **member["args"]) for member in members]
    sides, temperatures = ([member[key] for member in members] for key in ("side", "temperature"))
    return Ensemble(networks, sides, temperatures, weights, mode)


BUILT: dict[str, Callable[..., Network]] = {**MODELS, "ensemble": _ensemble}


def build(name: str, classes: int, channels: int, **args: Any) -> Network:
    """A fresh network. Raises ConfigError for an unknown name or argument."""
    prefix = next((prefix for prefix in LIBRARIES if name.startswith(prefix)), "")
    named: dict[str, Any] = {"name": name.removeprefix(prefix)} if prefix else {}
    kind: Callable[..., Network] | None = LIBRARIES[prefix] if prefix else BUILT.get(name)
    if kind is None:
        others = f"{timm_nets.PREFIX}NAME for any of timm's, {hf_nets.PREFIX}NAME for any of transformers'"
        raise ConfigError(f"No model {name!r}; known: {', '.join(MODELS)}, and {others}.")
    known = [p for p in inspect.signature(kind).parameters if p not in ("classes", "channels", *named)]
    if strange := set(args) - set(known):
        raise ConfigError(f"{name} has no argument {', '.join(sorted(strange))}; it takes {', '.join(known)}.")
    try:
        return kind(classes, channels, **named, **args)
    except (TypeError, ValueError, RuntimeError, IndexError) as error:
        raise ConfigError(f"{name} cannot be built with {args}: {error}.") from error
