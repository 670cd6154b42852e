"""Every network: its size, its parts, its arguments; and weights that come back bit for bit."""

import copy
import urllib.error
from pathlib import Path

import numpy as np
import pytest
import torch

from ferkit.errors import ConfigError, DataError, RunError
from ferkit.models import MODELS, Input, build, count_macs, count_parameters, load, save
from ferkit.models.blocks import Blur, GeneralizedMean, PlacedMean
from ferkit.models.registry import sketch
from ferkit.runs import InputSpec, ModelSpec, Run, create
from tests.manifests import manifest

COMPACT = ("base-cnn", "compact-resnet", "compact-mobilenetv2", "lenet")


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("channels", "size", "classes"), [(1, 48, 7), (3, 64, 3)])
def test_forward_is_head_of_pool_of_maps(name: str, channels: int, size: int, classes: int) -> None:
    model = build(name, classes, channels).eval()
    x = torch.randn(2, channels, size, size)
    maps = model.maps(x)
    features = model.pool(maps)
    assert maps.ndim == 4
    assert features.shape == (2, model.head.in_features)
    torch.testing.assert_close(model(x), model.classify(features))
    assert model(x).shape == (2, classes)


@pytest.mark.parametrize("name", COMPACT)
def test_compact_networks_stay_under_half_a_million_parameters(name: str) -> None:
    assert count_parameters(build(name, 7, 1)) < 500_000


@pytest.mark.parametrize(("name", "width"), [("base-cnn", 128), ("compact-resnet", 128)])
def test_a_dense_layer_reads_every_place(name: str, width: int) -> None:
    model = build(name, 7, 1, pooling="flat", places=6, hidden=10).eval()
    maps = torch.rand(2, width, 6, 6)
    dense = next(layer for layer in model.modules() if isinstance(layer, torch.nn.Linear) and layer is not model.head)
    torch.testing.assert_close(model.pool(maps), dense(maps.flatten(1)).relu())
    assert dense.in_features == width * 36 and model(torch.randn(2, 1, 32, 32)).shape == (2, 7)
    with pytest.raises(ConfigError, match="pooling: input should be 'average'"):
        build(name, 7, 1, pooling="round")


def test_counts_are_those_done_by_hand() -> None:
    model = build("base-cnn", 7, 1, depth=1, filters=4, dropout=0.0)
    assert count_parameters(model) == 4 * 9 + 2 * 4 + 4 * 7 + 7  # convolution, batch norm, head
    assert count_macs(model, 1, 48) == 48 * 48 * 4 * 9 + 4 * 7
    assert model.training


def test_multiply_adds_are_counted_where_the_network_is() -> None:
    model = build("compact-resnet", 7, 1, branches=True)
    assert count_macs(copy.deepcopy(model).to("meta"), 1, 44) == count_macs(model, 1, 44)


@pytest.mark.parametrize(
    "args",
    [
        {"depth": 5}, {"filters": 8}, {"kernel": 5}, {"convs": 2}, {"pool": "average"}, {"norm": "none"},
        {"norm": "group"},
        {"activation": "gelu"}, {"separable": True}, {"residual": True}, {"spatial_dropout": 0.2}, {"dropout": 0.5},
    ],
)  # fmt: skip
def test_every_part_of_the_base_network_is_an_argument(args: dict) -> None:
    plain, changed = str(build("base-cnn", 7, 1)), build("base-cnn", 7, 1, **args)
    assert str(changed) != plain
    assert changed(torch.randn(2, 1, 48, 48)).shape == (2, 7)


def test_separable_convolutions_are_smaller() -> None:
    sizes = [count_parameters(build("base-cnn", 7, 1, separable=flag)) for flag in (False, True)]
    assert sizes[1] < sizes[0] / 4


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("nope", {}, "known: base-cnn"),
        ("base-cnn", {"wings": 2}, "no argument wings"),
        ("base-cnn", {"pool": "sum"}, "pool: input should be 'max' or 'average'; got 'sum'"),
        ("base-cnn", {"kernel": 4}, "odd kernel"),
        ("compact-resnet", {"widths": 3}, "cannot be built"),
        ("compact-resnet", {"pooling": "sum"}, "'average', 'gem'"),
    ],
)
def test_what_cannot_be_built_is_reported(name: str, args: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(name, 7, 1, **args)


def run_of(path: Path, model_args: dict | None = None) -> Run:
    spec = InputSpec(size=48, channels=1, mean=(0.5,), std=(0.25,))
    described = manifest(tuple("abc"), model=ModelSpec(name="base-cnn", args=model_args or {}), input=spec)
    return create(path, described)


def test_saved_and_loaded_gives_equal_logits_bit_for_bit(tmp_path: Path) -> None:
    run, model = run_of(tmp_path / "run"), build("base-cnn", 3, 1)
    save(model, run.weights)
    x = torch.randn(4, 1, 48, 48)
    with torch.inference_mode():
        assert torch.equal(load(run)(x), model.eval()(x))


def test_missing_broken_and_foreign_weights_give_different_messages(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run")
    with pytest.raises(RunError, match="missing"):
        load(run)
    run.weights.write_bytes(b"no weights at all")
    with pytest.raises(RunError, match="broken"):
        load(run)
    save(build("base-cnn", 3, 1, filters=8), run.weights)
    with pytest.raises(RunError, match="another network"):
        load(run)


def test_input_is_measured_prepared_and_never_guessed() -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 48, 48), np.uint8)
    shape = Input.measure(images)
    assert shape.mean[0] == pytest.approx(images.mean() / 255)
    assert shape.std[0] == pytest.approx(images.std() / 255)
    x = shape.prepare(images)
    assert x.shape == (20, 1, 48, 48)
    assert x.mean().item() == pytest.approx(0, abs=1e-4)
    assert x.std().item() == pytest.approx(1, abs=1e-3)
    gray_as_colour = np.repeat(images[..., None], 3, axis=3)
    torch.testing.assert_close(shape.prepare(gray_as_colour), x, atol=1e-4, rtol=0)
    assert shape.prepare(images[:, :40, :40]).shape == (20, 1, 48, 48)
    centre = Input.measure(images, crop=44)
    assert torch.equal(centre.prepare(images), x[:, :, 2:46, 2:46])
    maps = torch.rand(5, 6, 6)
    assert shape.frame(maps) is maps
    framed = centre.frame(maps)
    assert framed.shape == (5, 48, 48)
    assert (framed[:, :2] == 0).all() and (framed[:, :, 46:] == 0).all()
    torch.testing.assert_close(framed[:, 2, 2], maps[:, 0, 0])
    with pytest.raises(DataError, match="colour"):
        Input(48, 3, (0.5,) * 3, (0.25,) * 3).prepare(images)


def test_parts_of_the_compact_resnet_are_arguments() -> None:
    x, plain = torch.randn(2, 1, 48, 48), build("compact-resnet", 7, 1)
    early, blurred, gem = (
        build("compact-resnet", 7, 1, **args) for args in ({"stem_stride": 2}, {"blur": True}, {"pooling": "gem"})
    )
    assert [tuple(m.maps(x).shape[2:]) for m in (plain, early, blurred, gem)] == [(6, 6), (3, 3), (6, 6), (6, 6)]
    parameters = count_parameters(plain)
    assert [count_parameters(m) - parameters for m in (early, blurred, gem)] == [0, 0, 1]
    assert count_macs(early, 1, 48) < 0.3 * count_macs(plain, 1, 48)


def test_a_blur_keeps_what_is_flat_and_is_the_binomial_filter() -> None:
    blur, point = Blur(), torch.zeros(1, 2, 5, 5)
    point[:, :, 2, 2] = 16
    assert blur(point)[0, 1, 1:4, 1:4].tolist() == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]
    torch.testing.assert_close(blur(torch.full((1, 3, 4, 4), 7.0)), torch.full((1, 3, 4, 4), 7.0))


def test_the_generalised_mean_lies_between_mean_and_maximum() -> None:
    pool, maps = GeneralizedMean(), torch.rand(4, 3, 6, 6)
    assert ((maps.mean((2, 3)) <= pool(maps)) & (pool(maps) <= maps.amax((2, 3)))).all()
    torch.testing.assert_close(pool(maps), (maps**3).mean((2, 3)) ** (1 / 3))
    pool.p.data.fill_(1.0)
    torch.testing.assert_close(pool(maps), maps.mean((2, 3)))


@pytest.mark.parametrize("name", ["vgg16", "resnet34", "mobilenetv2", "efficientnet-b0"])
def test_large_networks_have_the_stride_of_their_setting(name: str) -> None:
    for stride in (8, 16, 32):
        maps = sketch(name, 7, 1, stride=stride).eval().maps(torch.empty(1, 1, 64, 64, device="meta"))
        assert maps.shape[2:] == (64 // stride, 64 // stride)
    with pytest.raises(ConfigError, match="stride must be one of"):
        sketch(name, 7, 1, stride=6)


def test_pretrained_weights_see_gray_as_they_would_see_it_in_three_channels(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.models import _api, mobilenet_v2

    stored = mobilenet_v2(weights=None).state_dict()
    monkeypatch.setattr(_api, "load_state_dict_from_url", lambda *args, **kwargs: stored)
    colour, gray = build("mobilenetv2", 7, 3).eval(), build("mobilenetv2", 7, 1).eval()
    before = colour.body.state_dict()["features.0.0.weight"].clone()
    colour.load_pretrained()
    gray.load_pretrained()
    assert not torch.equal(colour.body.state_dict()["features.0.0.weight"], before)
    x = torch.randn(2, 1, 48, 48)
    torch.testing.assert_close(gray.maps(x), colour.maps(x.expand(-1, 3, -1, -1)), atol=1e-4, rtol=1e-4)


def test_unavailable_pretrained_weights_give_one_message(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchvision.models import _api

    def offline(*args: object, **kwargs: object) -> None:
        raise urllib.error.URLError("no network")

    monkeypatch.setattr(_api, "load_state_dict_from_url", offline)
    with pytest.raises(ConfigError, match="cannot be downloaded"):
        build("mobilenetv2", 7, 1).load_pretrained()
    with pytest.raises(ConfigError, match="has no pretrained weights"):
        build("lenet", 7, 1).load_pretrained()


def test_a_vision_transformer_takes_any_size_and_all_its_operations_are_counted() -> None:
    model = build("vit", 7, 1, width=32, depth=2, heads=2)
    assert [tuple(model.maps(torch.randn(1, 1, size, size)).shape[1:]) for size in (32, 48)] == [
        (32, 8, 8),
        (32, 12, 12),
    ]
    tokens, width = 144, 32
    layer = 4 * width**2 + 2 * 2 * width**2  # queries, keys, values, output; the perceptron of twice the width
    assert count_macs(model, 1, 48) == tokens * (16 * width + 2 * layer) + 2 * 2 * tokens**2 * width + 7 * width
    with pytest.raises(ConfigError, match="multiple of 4"):
        build("vit", 7, 1, width=30, heads=2)


def test_a_placed_mean_begins_as_a_mean_and_weighs_each_place() -> None:
    pool, maps = PlacedMean(3, 4), torch.rand(2, 3, 4, 4)
    torch.testing.assert_close(pool(maps), maps.mean((2, 3)))
    pool.weight.data[1, 2, 3] = 8.0
    torch.testing.assert_close(pool(maps)[:, 1], maps[:, 1].mean((1, 2)) + maps[:, 1, 2, 3] / 2)
    assert pool(torch.rand(2, 3, 6, 6)).shape == (2, 3)
    model = build("compact-resnet", 7, 1, pooling="placed")
    assert count_parameters(model) - count_parameters(build("compact-resnet", 7, 1)) == 128 * 36
