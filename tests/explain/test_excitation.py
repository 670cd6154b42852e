"""Which faces excite a channel: against the maps themselves."""

import numpy as np
import pytest
import torch
from torch import nn

from ferkit.errors import ConfigError
from ferkit.explain.excitation import excitation, normed
from ferkit.models import build

LAYER = "body.1.body.0"


def made() -> nn.Module:
    torch.manual_seed(0)
    model = build("base-cnn", 3, 1, depth=2, filters=4)
    norm = next(module for module in model.modules() if isinstance(module, nn.BatchNorm2d))
    norm.weight.data[0] = -1.0  # turns large outputs into small ones
    return model.eval()


def test_peaks_places_and_spread_are_those_of_the_maps() -> None:
    model, x = made(), torch.randn(7, 1, 16, 16)
    found = excitation(model, x.split(3), LAYER)
    norm = normed(model, LAYER, x[:1])
    assert isinstance(model.get_submodule(norm), nn.BatchNorm2d)
    kept: list[torch.Tensor] = []
    handle = model.get_submodule(norm).register_forward_hook(lambda m, i, out: kept.append(out))
    with torch.no_grad():
        model(x)
    handle.remove()
    maps = kept[0].numpy()
    np.testing.assert_allclose(found.peak, maps.max((2, 3)), rtol=1e-5)
    rows = np.arange(7)[:, None], np.arange(maps.shape[1])[None]
    np.testing.assert_allclose(maps[*rows, found.rows, found.columns], found.peak, rtol=1e-5)
    np.testing.assert_allclose(found.spread, maps.std((0, 2, 3)), rtol=1e-4)
    assert found.strongest(1, 3).tolist() == np.argsort(-maps[:, 1].max((1, 2)), kind="stable")[:3].tolist()


def test_a_channel_without_weights_is_silent() -> None:
    model = made()
    layer = model.get_submodule(LAYER)
    layer.weight.data[2:] = 0  # type: ignore[union-attr, operator]
    assert excitation(model, [torch.randn(4, 1, 16, 16)], LAYER).silent() == len(layer.weight) - 2  # type: ignore[arg-type]


def test_modes_and_hooks_are_left_alone() -> None:
    model = made().train()
    excitation(model, [torch.randn(2, 1, 16, 16)], LAYER)
    with pytest.raises(ConfigError):
        excitation(model, [torch.randn(2, 1, 16, 16)], "nowhere")
    assert all(module.training for module in model.modules())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
