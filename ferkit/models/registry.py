"""The networks by name."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field

from ferkit.errors import ConfigError, shown
from ferkit.metrics import Temperature
from ferkit.models import hf_nets, timm_nets
from ferkit.models.arguments import Weight, check_arguments, check_shape
from ferkit.models.base_cnn import BaseCNN
from ferkit.models.compact_mobilenetv2 import CompactMobileNetV2
from ferkit.models.compact_resnet import CompactResNet
from ferkit.models.ensemble import Ensemble, Member
from ferkit.models.hf_nets import HuggingFaceNetwork
from ferkit.models.lenet import LeNet
from ferkit.models.limits import check_parameters, draft
from ferkit.models.network import Network
from ferkit.models.torchvision_nets import VGG16, EfficientNetB0, MobileNetV2, ResNet34
from ferkit.models.vit import ViT

__all__ = ["MODELS", "build", "sketch"]

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
    hf_nets.PREFIX: HuggingFaceNetwork,
}


def _ensemble(
    classes: int,
    channels: int,
    members: Annotated[Sequence[Member], Field(min_length=1, max_length=64)] = (),
    weights: Annotated[Sequence[Weight], Field(max_length=64)] = (),
    mode: Literal["probabilities", "logits"] = "probabilities",
    *,
    lookup: bool = True,
) -> Ensemble:
    """An ensemble is made of runs, not trained."""
    described = [Member.model_validate(member) for member in members]
    inputs = [member.reads() for member in described]
    orders = [member.order for member in described]
    if any(sorted(order) != list(range(classes)) for order in orders if order):
        raise ConfigError(f"A member of an ensemble orders its {classes} classes as one that has others.")
    makers = [
        _maker(member.name, classes, read.channels if read else channels, member.args, lookup, MODELS)
        for member, read in zip(described, inputs, strict=True)
    ]
    sides = [member.side for member in described]
    temperatures = [Temperature(member.temperature, member.temperature_slope) for member in described]
    return Ensemble([make() for make in makers], sides, temperatures, weights, mode, inputs, orders)


BUILT: dict[str, Callable[..., Network]] = {**MODELS, "ensemble": _ensemble}


def build(name: str, classes: int, channels: int, /, *, lookup: bool = True, **args: Any) -> Network:
    """A fresh network, for 1 to 1,000 classes and images of 1 or 3 channels.

    Raises ConfigError for an unknown name, an argument that is unknown, of another type or out of range, and a network
    of too many parameters; none of these takes memory. With `lookup=False`, as for a run that was trained elsewhere,
    the architecture is not looked up in a folder or at the hub: a description must hold all of it.
    """
    make = _maker(name, classes, channels, args, lookup, BUILT)
    check_parameters(name, draft(make))
    return make()


def sketch(name: str, classes: int, channels: int, /, **args: Any) -> Network:
    """The network as `build(..., lookup=False)` makes it, on the meta device: shapes without memory. Raises as
    `build`."""
    make = _maker(name, classes, channels, args, False, BUILT)
    network = draft(make)
    check_parameters(name, network)
    return network


def _maker(
    name: str,
    classes: int,
    channels: int,
    args: Mapping[str, Any],
    lookup: bool,
    builders: Mapping[str, Callable[..., Network]],
) -> Callable[[], Network]:
    """What builds the network, once its name and arguments were checked."""
    check_shape(name, classes, channels)
    prefix = next((prefix for prefix in LIBRARIES if name.startswith(prefix)), "")
    kind = LIBRARIES[prefix] if prefix else builders.get(name)
    if kind is None:
        others = f"{timm_nets.PREFIX}NAME for any of timm's, {hf_nets.PREFIX}NAME for those of transformers"
        raise ConfigError(f"No model {shown(name)}; known: {', '.join(MODELS)}, and {others}.")
    fixed: dict[str, Any] = {"name": name.removeprefix(prefix)} if prefix else {}
    if kind is _ensemble:
        fixed = {"lookup": lookup}
    check_arguments(name, kind, args, ["classes", "channels", *fixed])
    if prefix == hf_nets.PREFIX and not (lookup or HuggingFaceNetwork.described(args)):
        raise ConfigError(f"{shown(name)} is described without its architecture (config.model_type is missing).")

    def make() -> Network:
        try:
            return kind(classes, channels, **fixed, **args)
        except (TypeError, ValueError, RuntimeError, IndexError) as error:
            reason = " ".join(str(error).split())[:160]
            raise ConfigError(f"{name} cannot be built with {shown(dict(args))}: {reason}.") from error

    return make
