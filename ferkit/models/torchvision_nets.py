"""Well-known large networks as torchvision builds them, their early strides taken out so that small faces keep a map to
look at.

Simonyan & Zisserman 2015, VGG, arXiv:1409.1556. He et al. 2016, ResNet, arXiv:1512.03385. Sandler et al. 2018,
MobileNetV2, arXiv:1801.04381. Tan & Le 2019, EfficientNet, arXiv:1905.11946.
"""

from collections import OrderedDict
from typing import Any, ClassVar

from torch import Tensor, nn

from ferkit.errors import ConfigError
from ferkit.models.arguments import Share, Stride
from ferkit.models.network import Network
from ferkit.models.pretrained import absent, for_channels

__all__ = ["VGG16", "EfficientNetB0", "MobileNetV2", "ResNet34", "TorchvisionNetwork"]


class TorchvisionNetwork(Network):
    """A torchvision classifier without its head: `body` makes the maps, which are averaged.

    Raises ConfigError for a `stride` that the network cannot have.
    """

    builder: ClassVar[str]  # in torchvision.models
    parts: ClassVar[tuple[str, ...]]  # of that network, in order, whose sequence makes the maps
    first: ClassVar[str]  # path of the first convolution in `body`
    features: ClassVar[int]
    strides: ClassVar[tuple[int, ...]]  # input pixels per pixel of the maps: what it can have
    spared: ClassVar[str] = "first"  # which of the halvings are left out for that, the first or the last

    def __init__(self, classes: int, channels: int = 1, stride: Stride = 16, dropout: Share = 0.2) -> None:
        if stride not in self.strides:
            raise ConfigError(
                f"{self.builder}'s stride must be one of {', '.join(map(str, self.strides))}; got {stride}."
            )
        super().__init__(self.features, classes, dropout)
        self.body = self._body(None)
        self._widen(channels)
        _halve_less(self.body, stride, self.spared)

    def _body(self, weights: Any) -> nn.Sequential:
        from torchvision import models  # half a second, which other networks need not wait for

        classifier = getattr(models, self.builder)(weights=weights)
        return nn.Sequential(OrderedDict((name, getattr(classifier, name)) for name in self.parts))

    def _widen(self, channels: int) -> None:
        """Let the first convolution take `channels` instead of three."""
        old = self.body.get_submodule(self.first)
        assert isinstance(old, nn.Conv2d)
        if channels != old.in_channels:
            old.in_channels = channels
            old.weight = nn.Parameter(for_channels(old.weight.detach(), channels))

    def load_pretrained(self) -> None:
        """ImageNet's weights into the body. Raises ConfigError where they can neither be found nor downloaded."""
        try:
            state = self._body("DEFAULT").state_dict()
        except OSError as error:  # as urllib's errors are
            raise absent(f"The pretrained weights of {self.builder} are", error) from error
        key = f"{self.first}.weight"
        state[key] = for_channels(state[key], self.body.get_submodule(self.first).in_channels)  # type: ignore[arg-type]
        self.body.load_state_dict(state)

    def maps(self, x: Tensor) -> Tensor:
        return self.body(x)  # type: ignore[no-any-return]


def _halve_less(body: nn.Module, stride: int, spared: str) -> None:
    """Take halvings out, until a pixel of the maps has `stride` pixels of the input."""
    halving = [
        m
        for m in body.modules()
        if isinstance(m, nn.Conv2d | nn.MaxPool2d) and m.stride in (2, (2, 2)) and not _on_a_skip(m)
    ]
    less = len(halving) - (stride.bit_length() - 1)
    for layer in halving[:less] if spared == "first" else halving[len(halving) - less :]:
        if isinstance(layer, nn.MaxPool2d):
            layer.kernel_size, layer.padding = 1, 0
            layer.stride = 1
        else:
            layer.stride = (1, 1)


def _on_a_skip(layer: nn.Module) -> bool:
    """Whether it is a ResNet's projection, which only follows the block it leads around."""
    return isinstance(layer, nn.Conv2d) and layer.kernel_size == (1, 1)


class VGG16(TorchvisionNetwork):
    """VGG16 with batch norm; its dense layers, nine tenths of its weights, are left out."""

    paper = "arXiv:1409.1556"
    builder, parts, first, features, strides = "vgg16_bn", ("features",), "features.0", 512, (8, 16, 32)
    spared = "last"  # its early layers are too dear to look at all pixels


class ResNet34(TorchvisionNetwork):
    """Four stages of basic residual blocks."""

    paper = "arXiv:1512.03385"
    builder, parts = "resnet34", ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")
    first, features, strides = "conv1", 512, (8, 16, 32)


class MobileNetV2(TorchvisionNetwork):
    """Inverted residuals with linear bottlenecks, at full width."""

    paper = "arXiv:1801.04381"
    builder, parts, first, features, strides = "mobilenet_v2", ("features",), "features.0.0", 1280, (4, 8, 16, 32)


class EfficientNetB0(TorchvisionNetwork):
    """Inverted residuals with squeeze-and-excitation, found by search."""

    paper = "arXiv:1905.11946"
    builder, parts, first, features, strides = "efficientnet_b0", ("features",), "features.0.0", 1280, (4, 8, 16, 32)
