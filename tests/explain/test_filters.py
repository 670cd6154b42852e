"""Kernels, activations and the pictures made of them."""

import numpy as np
import pytest
import torch

from ferkit.errors import ConfigError
from ferkit.explain.filters import activations, kernels, stored_kernels, tile
from ferkit.models import build, save


def test_kernels_are_the_weights() -> None:
    model = build("lenet", 3, 3)
    assert kernels(model, "body.0").shape == (6, 3, 5, 5)
    kernels(model, "body.0")[:] = 0
    assert model.body[0].weight.abs().sum() > 0


@pytest.mark.parametrize("layer", ["head", "body.1", ""])
def test_only_convolutions_have_kernels(layer: str) -> None:
    with pytest.raises(ConfigError, match=r"there are body\.0, body\.3"):
        kernels(build("lenet", 3, 1), layer)


def test_stored_kernels_need_no_network(tmp_path) -> None:
    model = build("compact-resnet", 3, 1, widths=[8] * 12, blocks=1)
    save(model, tmp_path / "model.safetensors")
    stored = stored_kernels(tmp_path / "model.safetensors")
    large = [name for name, m in model.named_modules() if isinstance(m, torch.nn.Conv2d) and m.kernel_size != (1, 1)]
    assert list(stored) == large
    assert all(np.array_equal(stored[name], kernels(model, name)) for name in large)


def test_activations_are_the_maps() -> None:
    model, x = build("base-cnn", 3, 1, depth=2, filters=4).eval(), torch.randn(1, 1, 12, 12)
    with torch.inference_mode():
        assert np.array_equal(activations(model, x, "body"), model.maps(x)[0].numpy())


def test_tiles_are_placed_row_by_row() -> None:
    arrays = np.stack([np.array([[0, i + 1], [0, 0]]) for i in range(5)])
    picture = tile(arrays, columns=3, zoom=2, gap=1, paper=7)
    assert picture.shape == (2 * 4 + 1, 3 * 4 + 2)
    assert (picture[:2, 2:4] == 255).all()
    assert (picture[:, 4] == 7).all()
    assert (picture[5:, 10:] == 7).all()  # no sixth array


def test_signed_tiles_keep_zero_in_the_middle() -> None:
    assert tile(np.array([[[-1.0, 0.0, 2.0]]]), signed=True).tolist() == [[64, 128, 255]]


def test_a_constant_array_causes_no_division_by_zero() -> None:
    assert tile(np.full((1, 2, 2), 3.0)).max() == 0
    assert tile(np.zeros((1, 2, 2)), signed=True).tolist() == [[128, 128], [128, 128]]


def test_colour_tiles() -> None:
    assert tile(np.random.default_rng(0).normal(size=(4, 5, 5, 3)), signed=True).shape == (11, 11, 3)
