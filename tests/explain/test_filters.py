"""Kernels, activations and the pictures made of them."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ferkit.errors import ConfigError
from ferkit.explain.capture import layers
from ferkit.explain.filters import activations, kernels, stored_kernels, tile
from ferkit.models import build, save
from ferkit.predict.classifier import Classifier
from ferkit.runs import ModelSpec, Run
from tests.manifests import manifest


def test_kernels_are_the_weights() -> None:
    model = build("lenet", 3, 3)
    assert kernels(model, "body.0").shape == (6, 3, 5, 5)
    kernels(model, "body.0")[:] = 0
    assert model.body[0].weight.abs().sum() > 0


@pytest.mark.parametrize("layer", ["head", "body.1", ""])
def test_only_convolutions_have_kernels(layer: str) -> None:
    with pytest.raises(ConfigError, match=r"there are body\.0, body\.3"):
        kernels(build("lenet", 3, 1), layer)


def stored(model: torch.nn.Module, folder: Path, name: str, args: dict) -> Run:
    save(model, folder / "model.safetensors")
    return Run(folder, manifest(("a", "b", "c"), model=ModelSpec(name=name, args=args)))


def test_stored_kernels_are_those_of_the_file(tmp_path: Path) -> None:
    args = {"widths": [8] * 12, "blocks": 1}
    model = build("compact-resnet", 3, 1, **args)
    found = stored_kernels(stored(model, tmp_path, "compact-resnet", args))
    large = [name for name, m in model.named_modules() if isinstance(m, torch.nn.Conv2d) and m.kernel_size != (1, 1)]
    assert list(found) == large
    assert all(np.array_equal(found[name], kernels(model, name)) for name in large)


@pytest.mark.parametrize("args", [{"whiten": True}, {"branches": True}, {"mirrored": True, "whiten": True}])
def test_stored_kernels_are_those_that_make_the_maps(tmp_path: Path, args: dict) -> None:
    model, x = build("compact-resnet", 3, 1, **args).eval(), torch.randn(2, 1, 48, 48)
    found = stored_kernels(stored(model, tmp_path, "compact-resnet", args))
    assert list(found) == list(stored_kernels(stored(build("compact-resnet", 3, 1), tmp_path, "compact-resnet", {})))
    classifier = Classifier.open(stored(model, tmp_path, "compact-resnet", args))
    assert [layer for layer in layers(classifier.model) if layer in found] == list(found)
    for layer, weights in found.items():
        maps = activations(classifier.model, x[:1], layer)
        assert len(maps) == len(weights)
        if layer == "body.0.0":
            expected = torch.nn.functional.conv2d(x[:1], torch.from_numpy(weights), padding=1)[0].numpy()
            np.testing.assert_allclose(maps, expected, atol=1e-4)


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
