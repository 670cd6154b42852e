"""The list of layers: complete, with the network's own counts."""

import pytest
import torch

from ferkit.explain.network_map import network_map
from ferkit.models import build, count_macs, count_parameters

NETWORKS = {
    "base-cnn": {"filters": 4},
    "lenet": {},
    "compact-resnet": {"stem": 4, "widths": [6, 8], "blocks": 1},
    "vit": {"depth": 2, "width": 16, "heads": 2},
}


@pytest.mark.parametrize("name", NETWORKS)
def test_multiply_adds_and_parameters_are_those_of_the_network(name: str) -> None:
    model = build(name, 3, 1, **NETWORKS[name]).eval()
    layers = network_map(model, torch.zeros(1, 1, 48, 48))
    assert sum(layer.macs for layer in layers) == pytest.approx(count_macs(model, 1, 48), rel=0.01)
    assert 0.9 * count_parameters(model) < sum(layer.parameters for layer in layers) <= count_parameters(model)
    assert all(layer.milliseconds > 0 for layer in layers) and len({layer.name for layer in layers}) == len(layers)
    assert layers[-1].name == "head" and layers[-1].shape == (3,) and layers[-1].kind == "linear"
    assert not any(module._forward_hooks for module in model.modules())


def test_layers_are_described_in_their_order() -> None:
    model = build("compact-resnet", 3, 1, stem=4, widths=[6, 8], blocks=1, reduction=0).eval()
    layers = network_map(model, torch.zeros(1, 1, 48, 48))
    assert layers[0].kind == "convolution 3×3" and layers[0].shape == (4, 48, 48)
    assert layers[0].field is not None and layers[0].field[0].size == 3
    assert "convolution 3×3, stride 2" in [layer.kind for layer in layers]
    vit = network_map(build("vit", 3, 1, depth=1, width=16, heads=2).eval(), torch.zeros(1, 1, 48, 48))
    assert [layer.kind for layer in vit][:2] == ["convolution 4×4, stride 4", "attention, 2 heads"]
    assert vit[1].shape == (144, 16) and vit[1].field is None
