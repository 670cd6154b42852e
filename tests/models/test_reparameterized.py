"""Branches merged into one convolution: the same outputs, fewer parameters, the original untouched."""

import pytest
import torch
from torch import nn

from ferkit.models import build, count_macs, count_parameters
from ferkit.models.reparameterized import RepConvNorm, WhitenedConvNorm, deployed, whiten
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


def correlated(n: int, channels: int = 1) -> torch.Tensor:
    """Faces (n, channels, 24, 24) whose pixels depend on their neighbours."""
    noise = torch.randn(n, channels, 26, 26, generator=torch.Generator().manual_seed(0))
    return nn.functional.avg_pool2d(noise, 3, 1) + 0.1 * noise[:, :, 1:-1, 1:-1]


@pytest.mark.parametrize("channels", [1, 3])
def test_whitened_patches_have_unit_covariance(channels: int) -> None:
    x, layer = correlated(200, channels), WhitenedConvNorm(channels, 5)
    patches = nn.functional.conv2d(x, layer.kernel).transpose(0, 1).flatten(1)
    assert (patches.cov() - torch.eye(9 * channels)).abs().max() > 0.1
    layer.fit(x)
    patches = nn.functional.conv2d(x, layer.kernel).transpose(0, 1).flatten(1)
    torch.testing.assert_close(patches.cov(), torch.eye(9 * channels), atol=0.1, rtol=0)  # less by ε where λ is small
    values = torch.linalg.eigvalsh(nn.functional.unfold(x, 3).transpose(1, 2).flatten(0, 1).T.cov())
    torch.testing.assert_close(patches.var(1), values / (values + 5e-4), atol=1e-3, rtol=0)


def test_a_whitened_convolution_is_deployed_as_a_plain_one() -> None:
    torch.manual_seed(0)
    x, plain = torch.randn(8, 1, 48, 48), build("compact-resnet", 7, 1)
    model = build("compact-resnet", 7, 1, whiten=True)
    whiten(model, correlated(50))
    trained(model, x)
    merged, quick = deployed(model), folded(model)
    with torch.inference_mode():
        two_steps = model.body[0].pointwise(nn.functional.conv2d(x, model.body[0].kernel, padding=1)).relu()
        torch.testing.assert_close(model.body[0](x), two_steps, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(merged(x), model(x), rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(quick(x), model(x), rtol=1e-4, atol=1e-5)
    assert not any(isinstance(module, WhitenedConvNorm) for module in merged.modules())
    assert count_parameters(model) == count_parameters(plain)
    assert count_macs(model, 1, 48) == count_macs(plain, 1, 48)
