"""Branches merged into one convolution: the same outputs, fewer parameters, the original untouched."""

import pytest
import torch
from torch import nn

from ferkit.models import build, count_macs, count_parameters
from ferkit.models.reparameterized import RepConvNorm, deployed
from ferkit.predict.folded import folded


def trained(model: nn.Module, x: torch.Tensor) -> nn.Module:
    """The model in eval mode, its norms with statistics and affine terms as after training."""
    for norm in (module for module in model.modules() if isinstance(module, nn.BatchNorm2d)):
        nn.init.uniform_(norm.weight, 0.5, 1.5)
        nn.init.uniform_(norm.bias, -0.5, 0.5)
    with torch.no_grad():
        model.train()(x)
    return model.eval().requires_grad_(False)


@pytest.mark.parametrize(("in_channels", "out_channels", "stride"), [(8, 8, 1), (8, 12, 1), (8, 8, 2)])
@pytest.mark.parametrize("act", [nn.ReLU, None])
def test_a_block_is_one_convolution(
    in_channels: int, out_channels: int, stride: int, act: type[nn.Module] | None
) -> None:
    torch.manual_seed(0)
    x = torch.randn(4, in_channels, 11, 11)
    block = trained(RepConvNorm(in_channels, out_channels, stride, act), x)
    assert isinstance(block, RepConvNorm)
    assert (block.identity is not None) == (stride == 1 and in_channels == out_channels)
    single = block.merged()
    torch.testing.assert_close(single(x), block(x), rtol=1e-5, atol=1e-5)
    assert count_parameters(single) == 9 * in_channels * out_channels + out_channels


def test_a_network_with_branches_is_deployed_without() -> None:
    torch.manual_seed(0)
    x = torch.randn(8, 1, 48, 48)
    plain = build("compact-resnet", 7, 1, reduction=0)
    model = build("compact-resnet", 7, 1, reduction=0, branches=True)
    trained(model, x)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    merged, quick = deployed(model), folded(model)
    with torch.inference_mode():
        torch.testing.assert_close(merged(x), model(x), rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-5)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert not any(isinstance(module, RepConvNorm | nn.BatchNorm2d) for module in quick.modules())
    assert count_macs(model, 1, 48) == count_macs(plain, 1, 48)
    assert count_parameters(model) <= count_parameters(plain) < sum(p.numel() for p in model.parameters())


def test_a_network_without_branches_is_deployed_as_it_is() -> None:
    model = build("compact-resnet", 7, 1)
    assert deployed(model) is model
