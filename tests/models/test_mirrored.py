"""Mirrored convolutions: a face and its mirror image read alike, in training's form and as deployed."""

import pytest
import torch
from torch import nn

from ferkit.errors import ConfigError
from ferkit.models import build, count_macs, count_parameters
from ferkit.models.blocks import BlurPool
from ferkit.models.mirrored import MirroredBatchNorm2d, MirroredConv2d
from ferkit.models.reparameterized import deployed, whiten
from ferkit.predict.folded import folded

SMALL = {"stem": 6, "widths": [10, 12, 14], "blocks": [2, 1, 1], "mirrored": True}


def trained(args: dict, channels: int) -> nn.Module:
    """In eval mode, its norms with statistics and affine terms as after training."""
    torch.manual_seed(0)
    model = build("compact-resnet", 7, channels, **args)
    if args.get("whiten"):
        whiten(model, torch.randn(50, channels, 24, 24))
    for norm in (module for module in model.modules() if isinstance(module, nn.BatchNorm2d)):
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.uniform_(norm.bias, -0.5, 0.5)
    with torch.no_grad():
        model.train()(torch.randn(16, channels, 44, 44))
    return model.eval().requires_grad_(False)


@pytest.mark.parametrize("side", [44, 47, 48])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("args", [{}, {"whiten": True}, {"pooling": "gem", "reduction": 0}])
def test_a_face_and_its_mirror_image_are_read_alike(args: dict, channels: int, side: int) -> None:
    model, coarse = trained(SMALL | args, channels), torch.randn(4, channels, 5, 5)
    x = nn.functional.interpolate(coarse, (side, side), mode="bilinear")
    maps, mirrored = model.maps(x), model.maps(x.flip(3))
    torch.testing.assert_close(mirrored, maps.roll(maps.shape[1] // 2, 1).flip(3), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(model(x.flip(3)), model(x), rtol=1e-4, atol=1e-5)
    upside_down = (model.maps(x.flip(2)) - maps.flip(2)).abs().max()
    assert upside_down > 1e-2  # another face


@pytest.mark.parametrize("args", [{}, {"whiten": True}])
def test_it_is_deployed_as_plain_convolutions(args: dict) -> None:
    model, x = trained(SMALL | args, 1), torch.randn(8, 1, 44, 44)
    plain, quick = deployed(model), folded(model)
    assert not any(isinstance(module, MirroredConv2d | MirroredBatchNorm2d) for module in plain.modules())
    assert not any(isinstance(module, nn.BatchNorm2d) for module in quick.modules())
    torch.testing.assert_close(plain(x), model(x), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-5)
    assert model(x).shape == (8, 7) and any(isinstance(module, MirroredConv2d) for module in model.modules())


def test_half_of_the_kernels_are_learned() -> None:
    model, dense = build("compact-resnet", 7, 1, **SMALL), build("compact-resnet", 7, 1, **SMALL | {"mirrored": False})
    kernels, all_kernels = (
        sum(m.weight.numel() for m in net.body.modules() if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3))
        for net in (model, dense)
    )
    assert 2 * kernels == all_kernels
    assert count_parameters(model) == sum(p.numel() for p in model.parameters()) < 0.6 * count_parameters(dense)
    assert count_macs(model, 1, 44) > 0.9 * count_macs(dense, 1, 44)


def test_the_norm_has_the_statistics_of_both_halves() -> None:
    norm, x = MirroredBatchNorm2d(6), torch.randn(4, 6, 5, 7) * 3 + torch.arange(6.0)[:, None, None]
    y = norm(x)
    pairs = y.unflatten(1, (2, 3)).transpose(0, 2).flatten(1)
    torch.testing.assert_close(pairs.mean(1), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(pairs.var(1, correction=0), torch.ones(3), atol=1e-3, rtol=0)
    torch.testing.assert_close(norm(x.contiguous(memory_format=torch.channels_last)), y, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("side", "half"), [(8, 4), (11, 6)])
def test_halving_goes_with_mirroring(side: int, half: int) -> None:
    x = torch.randn(2, 3, side, side)
    assert BlurPool()(x).shape == (2, 3, half, half)
    torch.testing.assert_close(BlurPool()(x.flip(3)), BlurPool()(x).flip(3))
    torch.testing.assert_close(BlurPool()(torch.ones(1, 1, side, side)), torch.ones(1, 1, half, half))


@pytest.mark.parametrize(
    "args", [{"branches": True}, {"groups": 2}, {"shared": True}, {"stem_stride": 2}, {"pooling": "placed"}]
)
def test_what_would_not_be_mirrored_is_refused(args: dict) -> None:
    with pytest.raises(ConfigError, match="mirrored=true takes no branches, groups"):
        build("compact-resnet", 7, 1, **SMALL | args)


@pytest.mark.parametrize("args", [{"stem": 7}, {"widths": [10, 11, 12]}])
def test_odd_widths_are_refused(args: dict) -> None:
    with pytest.raises(ConfigError, match="even widths; got"):
        build("compact-resnet", 7, 1, **SMALL | args)
