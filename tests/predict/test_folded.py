"""Norms folded into convolutions: the same answers, fewer layers, the original untouched."""

import pytest
import torch
from torch import nn

from ferkit.models import build
from ferkit.predict.folded import folded


@pytest.mark.parametrize(
    "name",
    [
        "base-cnn",
        "compact-resnet",
        "compact-mobilenetv2",
        "vgg16",
        "resnet34",
        "efficientnet-b0",
        "lenet",
        "timm:densenetblur121d",
    ],
)
def test_a_folded_network_answers_the_same(name: str) -> None:
    torch.manual_seed(0)
    model = build(name, 7, 1)
    x = torch.randn(4, 1, 48, 48)
    model.train()(x)  # so that the norms have seen something
    for norm in (module for module in model.modules() if isinstance(module, nn.BatchNorm2d)):
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.uniform_(norm.bias, -0.5, 0.5)
    model.eval().requires_grad_(False)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    quick = folded(model)
    with torch.inference_mode():
        torch.testing.assert_close(quick(x), model(x), rtol=1e-3, atol=1e-3)
        torch.testing.assert_close(quick.maps(x), model.maps(x), rtol=1e-3, atol=1e-3)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    left = [sum(isinstance(module, nn.BatchNorm2d) for module in network.modules()) for network in (model, quick)]
    assert left[1] < left[0] or name in (
        "lenet",
        "timm:densenetblur121d",
    )  # which has none, and whose norms do more than that
