"""Where the heads of a transformer look."""

import numpy as np
import pytest
import torch

from ferkit.errors import ConfigError
from ferkit.explain.attention_heads import head_maps
from ferkit.models import build


def made() -> torch.nn.Module:
    torch.manual_seed(0)
    return build("vit", 3, 1, depth=2, width=16, heads=4).eval()


def test_every_head_of_every_layer_has_a_map_that_sums_to_one() -> None:
    maps = head_maps(made(), torch.randn(1, 1, 48, 48))
    assert maps.shape == (2, 4, 12, 12) and (maps >= 0).all()
    np.testing.assert_allclose(maps.sum((2, 3)), 1, rtol=1e-5)  # all tokens are patches


def test_the_first_layer_is_what_its_own_attention_gives() -> None:
    model, x = made(), torch.randn(1, 1, 48, 48)
    kept: list[torch.Tensor] = []
    layer = model.body.encoder.layers[0]
    handle = layer.norm1.register_forward_hook(lambda module, inputs, output: kept.append(output))
    with torch.enable_grad():
        model(x.requires_grad_())
    handle.remove()
    _, weights = layer.self_attn(kept[0], kept[0], kept[0], need_weights=True, average_attn_weights=False)
    expected = weights[0].mean(1).detach().numpy().reshape(4, 12, 12)
    np.testing.assert_allclose(head_maps(model, x.detach())[0], expected, atol=1e-5)


def test_a_network_without_patches_is_refused_and_the_model_left_alone() -> None:
    with pytest.raises(ConfigError, match="no attention between patches"):
        head_maps(build("lenet", 3, 1), torch.randn(1, 1, 48, 48))
    model = made().train()
    head_maps(model, torch.randn(1, 1, 48, 48))
    assert all(module.training for module in model.modules())
    assert "forward" not in vars(model.body.encoder.layers[0].self_attn)
